/* The kernel's errors as ours, in one place. What has no name of its own is FM_ERR_IO. */
#include "internal.h"

#include <errno.h>

int fm__os_status(int error)
{
	switch (error) {
	case 0:
		return FM_OK;
#if EAGAIN != EWOULDBLOCK
	case EWOULDBLOCK:
#endif
	case EAGAIN:
	case EINPROGRESS:
	case EALREADY:
		return FM_ERR_AGAIN;
	case EINTR:
		return FM_ERR_INTERRUPTED;
	case ENOMEM:
	case ENOBUFS:
		return FM_ERR_NOMEM;
	case EMFILE:
	case ENFILE:
		return FM_ERR_TOO_MANY_FILES;
	case EINVAL:
	case EBADF:
	case ENOTSOCK:
	case EISCONN:
	case EDESTADDRREQ:
		return FM_ERR_INVALID;
	case ECONNREFUSED:
		return FM_ERR_REFUSED;
	case ECONNRESET:
		return FM_ERR_RESET;
	case EPIPE:
		return FM_ERR_BROKEN_PIPE;
	case ETIMEDOUT:
		return FM_ERR_TIMED_OUT;
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
	case ENONET:
		return FM_ERR_UNREACHABLE;
	case EADDRINUSE:
		return FM_ERR_ADDR_IN_USE;
	case EADDRNOTAVAIL:
		return FM_ERR_ADDR_INVALID;
	case ENOTCONN:
		return FM_ERR_NOT_CONNECTED;
	case EACCES:
	case EPERM:
		return FM_ERR_ACCESS;
	case ECONNABORTED:
	case EPROTO:
		return FM_ERR_ABORTED;
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
	case EOPNOTSUPP:
	case ENOSYS:
		return FM_ERR_UNSUPPORTED;
	default:
		return FM_ERR_IO;
	}
}
