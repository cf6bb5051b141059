/* What the canaries share: scenarios/twins.h, under the name canary/TITLE. */
#ifndef CANARY_H
#define CANARY_H

#include "../twins.h"

#define CANARY(identifier, title, ...) TWINS(identifier, "canary/" title, __VA_ARGS__)

#endif
