"""What stands behind the commands of the Makefile; `python3 tools/workbook` lists them.

A module with a function main() is a command of its name, the others are what they are made of.
"""
