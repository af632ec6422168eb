#!/bin/sh
# An office program that never ends.
while :; do :; done
