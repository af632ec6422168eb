#!/bin/sh
# An office program in the hands of its document: what it "makes" is somebody else's file.
exec ln -s ../secret.pdf "$HOME/dokumen.pdf"
