#!/bin/sh
# Answers with the file itself. It is no other program that does it: that would close the answer
# before it ends, and be found still running.
cat
exit 0
