package proc

const opener = "open"

var openerArguments []string
