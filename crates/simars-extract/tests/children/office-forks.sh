#!/bin/sh
# Starts another process, and says by its code that it could.
(exit 0) && exit 7
