/* Names and sentences of statuses, from the one list in fm/error.h. */
#include <fm/error.h>

const char *fm_status_name(int status)
{
	switch (status) {
#define FM_STATUS_NAME(name, number, text) \
	case name:                         \
		return #name;
		FM_STATUS_MAP(FM_STATUS_NAME)
#undef FM_STATUS_NAME
	}
	return "FM_ERR_?";
}

const char *fm_status_text(int status)
{
	switch (status) {
#define FM_STATUS_TEXT(name, number, text) \
	case name:                         \
		return text;
		FM_STATUS_MAP(FM_STATUS_TEXT)
#undef FM_STATUS_TEXT
	}
	return "not a status of this library";
}
