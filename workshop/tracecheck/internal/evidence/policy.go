package evidence

import "strconv"

// Policy is one of the policies of the processor tail_sampling. Jaeger does not
// tell what it has made of them, so they are as they stand in the file, with its
// variables filled in.
type Policy struct {
	Name, Type string
	Processor  string         // whose it is, by its id; "" for a part of another policy
	Settings   map[string]any // what stands under the key of its type
	Unread     []string       // the keys beside that, which nobody reads
	Parts      []Policy       // of the types and, drop and composite
}

// Leaves gives the policy, or of one that is made of others all of those.
func (p Policy) Leaves() []Policy {
	if len(p.Parts) == 0 {
		return []Policy{p}
	}
	var all []Policy
	for _, part := range p.Parts {
		all = append(all, part.Leaves()...)
	}
	return all
}

// Number gives a setting that is a number.
func (p Policy) Number(key string) (n float64, ok bool) {
	switch value := p.Settings[key].(type) {
	case int:
		return float64(value), true
	case float64:
		return value, true
	case string: // of a variable: Jaeger takes no other one
		n, err := strconv.ParseFloat(value, 64)
		return n, err == nil
	}
	return 0, false
}

// Words gives a setting that is a word, or a list of them.
func (p Policy) Words(key string) []string {
	switch value := p.Settings[key].(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, word := range value {
			if word, ok := word.(string); ok {
				all = append(all, word)
			}
		}
		return all
	}
	return nil
}
