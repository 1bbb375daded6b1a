// Package solutions holds the solutions of the steps. Each of them is proved in
// its own folder; the tests here are about what concerns all of them, and what
// they cost.
package solutions
