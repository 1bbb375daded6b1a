package spans

// style is the parameters of an SGR control sequence (ECMA-48, section
// 8.3.117).
type style string

const (
	plain  style = ""
	bold   style = "1"
	dim    style = "2"
	red    style = "31"
	yellow style = "33"
)

// serviceStyles leaves out red and yellow, which mean something.
var serviceStyles = [...]style{"36", "35", "32", "34"}

func (s style) paint(text string) string {
	if s == plain || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
