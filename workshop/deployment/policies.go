package deployment

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/tracing-workshop/workshop/tracecheck"
)

// policies gives the policies of the processors tail_sampling that a configuration
// file describes.
func policies(file string) []tracecheck.Policy {
	var config struct {
		Processors map[string]struct{ Policies []map[string]any }
	}
	// Jaeger has read the file: what is wrong for it is none of the business here.
	_ = yaml.Unmarshal([]byte(filled(file)), &config)
	var all []tracecheck.Policy
	for _, id := range slices.Sorted(maps.Keys(config.Processors)) {
		if kind, _, _ := strings.Cut(id, "/"); kind == "tail_sampling" {
			for _, p := range policiesOf(config.Processors[id].Policies) {
				p.Processor = id
				all = append(all, p)
			}
		}
	}
	return all
}

var variable = regexp.MustCompile(`\$\{(?:env:)?(\w+)(?::-([^}]*))?\}`)

// filled gives a file with its variables filled in, as the Collector does it.
func filled(file string) string {
	return variable.ReplaceAllStringFunc(file, func(all string) string {
		found := variable.FindStringSubmatch(all)
		if value, set := os.LookupEnv(found[1]); set {
			return value
		}
		return found[2]
	})
}

func policiesOf(described []map[string]any) []tracecheck.Policy {
	var all []tracecheck.Policy
	for _, d := range described {
		p := tracecheck.Policy{}
		p.Name, _ = d["name"].(string)
		p.Type, _ = d["type"].(string)
		p.Settings, _ = d[p.Type].(map[string]any)
		p.Parts = policiesOf(listOf(p.Settings[p.Type+"_sub_policy"]))
		for _, key := range slices.Sorted(maps.Keys(d)) {
			if !slices.Contains([]string{"name", "type", p.Type}, key) {
				p.Unread = append(p.Unread, key)
			}
		}
		all = append(all, p)
	}
	return all
}

func listOf(value any) []map[string]any {
	list, _ := value.([]any)
	var all []map[string]any
	for _, item := range list {
		if item, ok := item.(map[string]any); ok {
			all = append(all, item)
		}
	}
	return all
}
