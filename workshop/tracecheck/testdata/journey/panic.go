package journey

// panicNilMap has a file of its own, so that the line stays the same.
func panicNilMap() {
	var stops map[string]int
	stops["Zurich"]++
}
