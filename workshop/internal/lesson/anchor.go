package lesson

// Anchor gives the anchor that GitHub makes of a heading, which is given as it
// is written in Markdown, unless another one of the document has the same.
func Anchor(heading string) string { return slugOf(heading) }
