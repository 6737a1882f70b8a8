package main

import (
	"sync/atomic"
	"time"
)

func timerStop(n int) {
	stopped := 0
	for i := 0; i < n; i++ {
		if time.NewTimer(time.Minute).Stop() {
			stopped++
		}
	}
	check(stopped, n)
}

// within is what bench/program.ts says: when the i-th timer fires.
func within(i int) time.Duration { return time.Duration((i*7919)%100) * time.Millisecond }

func timerFire(n int) {
	done := make(chan struct{})
	var fired int64
	for i := 0; i < n; i++ {
		time.AfterFunc(within(i), func() {
			if atomic.AddInt64(&fired, 1) == int64(n) {
				close(done)
			}
		})
	}
	<-done
	check(int(fired), n)
}
