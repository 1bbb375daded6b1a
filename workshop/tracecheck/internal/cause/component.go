package cause

import (
	"maps"
	"slices"
)

// component gives the id of the first part of a kind that a pipeline of a file
// names, as jaeger_storage_exporter/main, or "". list is that of the pipeline:
// receivers, processors or exporters.
func (f *Fault) component(file, list, kind string) string {
	all := f.components(file, list, kind)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// components gives all of them, in the order in which the pipelines name them.
func (f *Fault) components(file, list, kind string) []string {
	var all []string
	pipelines, _ := f.Evidence.Deployment.Setting(file, "service", "pipelines").(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		for _, id := range texts(f.Evidence.Deployment.Setting(file, "service", "pipelines", name, list)) {
			if kindOf(id) == kind && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// storageExporter gives a setting of the exporter to a storage that a file runs
// with.
func (f *Fault) storageExporter(file string, path ...string) any {
	id := f.component(file, "exporters", "jaeger_storage_exporter")
	return f.Evidence.Deployment.Setting(file, append([]string{"exporters", id}, path...)...)
}
