package main

import (
	"context"
	"time"
)

func contextCancel(n int) {
	parent, end := context.WithCancel(context.Background())
	defer end()
	ended := 0
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		cancel()
		if ctx.Err() != nil {
			ended++
		}
	}
	check(ended, n)
}

// alone drops the function, for the root cancels them all.
func alone(ctx context.Context, _ context.CancelFunc) context.Context { return ctx }

func contextTree(n int) {
	const branches = 10
	root, cancel := context.WithCancel(context.Background())
	tree := make([]context.Context, 1, n)
	tree[0] = root
	for i := 1; i < n; i++ {
		tree = append(tree, alone(context.WithCancel(tree[(i-1)/branches])))
	}
	cancel()
	ended := 0
	for _, ctx := range tree {
		if ctx.Err() != nil {
			ended++
		}
	}
	check(ended, n)
}
