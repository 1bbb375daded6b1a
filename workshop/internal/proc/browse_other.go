//go:build !windows && !darwin

package proc

const opener = "xdg-open"

var openerArguments []string
