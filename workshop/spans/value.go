package spans

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"example.com/tracing-workshop/workshop/internal/text"
)

// FormatValue writes the value of an attribute so that its type can be seen:
// "4" is a string, 4 an integer, 4.0 a float, true a bool, 0x04 bytes.
func FormatValue(value any) string {
	var b strings.Builder
	writeValue(&b, value)
	return b.String()
}

func writeValue(b *strings.Builder, value any) {
	switch v := value.(type) {
	case nil:
		b.WriteString("empty")
	case string:
		b.WriteString(text.Quote(v))
	case float64:
		b.WriteString(formatFloat(v))
	case []byte:
		b.WriteString("0x" + hex.EncodeToString(v))
	case []any:
		writeList(b, v)
	case Attributes:
		writeMapping(b, v)
	default:
		fmt.Fprint(b, v)
	}
}

func formatFloat(f float64) string {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if strings.Trim(text, "-0123456789") == "" {
		return text + ".0"
	}
	return text
}

func writeList(b *strings.Builder, elements []any) {
	b.WriteString("[")
	for i, e := range elements {
		writeSeparator(b, i)
		writeValue(b, e)
	}
	b.WriteString("]")
}

func writeMapping(b *strings.Builder, entries Attributes) {
	b.WriteString("{")
	for i, e := range entries {
		writeSeparator(b, i)
		b.WriteString(text.Quote(e.Key) + ": ")
		writeValue(b, e.Value)
	}
	b.WriteString("}")
}

func writeSeparator(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

func formatAttribute(a Attribute) string {
	return text.Escape(a.Key) + " = " + FormatValue(a.Value)
}
