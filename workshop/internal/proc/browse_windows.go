package proc

const opener = "rundll32"

var openerArguments = []string{"url.dll,FileProtocolHandler"}
