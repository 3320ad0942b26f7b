/* Named points at which a process of a fault campaign ends at once, as by kill -9. In a release they are nothing: no code, no name.
 * Built with -DJISR_CRASH_POINTS=ON, JISR_CRASH_AT=NAME:N ends the process the Nth time that it comes by, JISR_FREEZE_AT=NAME:N stops it
 * there until somebody sends SIGCONT. tests/faults/faults.py lists all names. */
#ifndef JISR_APP_CRASH_H
#define JISR_APP_CRASH_H

#ifdef JISR_CRASH_POINTS
void crash_point(const char *name);
#define CRASH_POINT(name) crash_point("crash-point " name)
#else
#define CRASH_POINT(name) ((void)0)
#endif

#endif
