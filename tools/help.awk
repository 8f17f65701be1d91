# Prints the targets of the Makefile and what each is for, grouped as the Makefile groups them.
/^##@/ { printf "%s%s\n", (seen++ ? "\n" : ""), substr($0, 5); next }
/^[a-z%-]+:.*## / {
  target = $1; sub(/:$/, "", target); sub(/%/, "NN", target)
  text = $0; sub(/^.*## /, "", text)
  printf "  make %-19s %s\n", target, text
}
END { print "" }
