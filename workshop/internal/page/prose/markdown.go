package prose

import (
	"regexp"

	chromahtml "github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	highlighting "github.com/yuin/goldmark-highlighting/v2"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// The classes of coloured code begin with this.
const tokenPrefix = "tok-"

// markdown lets raw HTML pass, since lessons fold what they hide with it. What
// comes out goes through [policy].
var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
		extension.Strikethrough,
		extension.Linkify,
		highlighting.NewHighlighting(
			highlighting.WithGuessLanguage(false),
			highlighting.WithWrapperRenderer(wrapCode),
			highlighting.WithFormatOptions(
				chromahtml.WithClasses(true),
				chromahtml.ClassPrefix(tokenPrefix),
				chromahtml.PreventSurroundingPre(true),
			),
		),
	),
	goldmark.WithRendererOptions(html.WithUnsafe()),
)

// What a block of code is about, besides its language.
const (
	fileOfBlock     = "data-file"     // that it is an edit of
	terminalOfBlock = "data-terminal" // that it is typed into
)

// wrapCode writes what stands around a block of code.
func wrapCode(w util.BufWriter, c highlighting.CodeBlockContext, entering bool) {
	if !entering {
		_, _ = w.WriteString("</code></pre>\n")
		return
	}
	_, _ = w.WriteString(`<pre class="code`)
	if language, ok := c.Language(); ok && len(language) > 0 {
		_, _ = w.WriteString(" language-")
		_, _ = w.Write(util.EscapeHTML(language))
	}
	_ = w.WriteByte('"')
	if c.Attributes() != nil {
		for _, name := range []string{fileOfBlock, terminalOfBlock} {
			if value, ok := c.Attributes().GetString(name); ok {
				_, _ = w.WriteString(" " + name + `="`)
				_, _ = w.Write(util.EscapeHTML([]byte(value.(string))))
				_ = w.WriteByte('"')
			}
		}
	}
	_, _ = w.WriteString("><code>")
}

// policy is what may be in a lesson. It knows no style, no script and no id.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "h3", "h4", "h5", "h6", "blockquote", "ul", "li", "dl", "dt", "dd",
		"em", "strong", "del", "sub", "sup", "kbd", "code", "pre", "details", "summary",
		"table", "thead", "tbody", "tr", "th", "td")
	p.AllowNoAttrs().OnElements("span", "ol")
	p.AllowAttrs("open").Matching(regexp.MustCompile(`^$`)).OnElements("details")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(?:left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^` + tokenPrefix + `[a-z0-9-]+$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^code(?: language-[\w+-]+)?$`)).OnElements("pre")
	p.AllowAttrs(fileOfBlock, terminalOfBlock).Matching(regexp.MustCompile(`^[\w./-]+$`)).OnElements("pre")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?:#/learn/[\w./-]+|https?://\S+)$`)).OnElements("a")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^/images/[\w./-]+$`)).OnElements("img")
	p.AllowAttrs("alt").Matching(bluemonday.Paragraph).OnElements("img")
	p.AllowURLSchemes("http", "https")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.RequireNoReferrerOnLinks(true)
	return p
}
