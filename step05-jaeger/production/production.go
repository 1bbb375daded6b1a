// Package production is the lesson about more than one machine. Its files are
// configurations of Jaeger; its tests run them.
//
//	go test .                       checks all sections
//	go test . -run TestCollectors   checks the first one
//
// A section that needs Java, Prometheus or Python is skipped where there is none.
package production
