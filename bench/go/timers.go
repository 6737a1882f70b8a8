package main

import (
	"sync"
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

// within and later are what bench/program.ts says: when the i-th timer fires.
func within(i int) time.Duration { return time.Duration(1+(i*7919)%100) * time.Millisecond }
func later(i int) time.Duration  { return time.Duration(60000+i%1000) * time.Millisecond }

func timerBatch(n int) {
	all := make([]*time.Timer, n)
	for i := range all {
		all[i] = time.NewTimer(later(i))
	}
	stopped := 0
	for _, timer := range all {
		if timer.Stop() {
			stopped++
		}
	}
	check(stopped, n)
}

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

func sleepers(n int) {
	var wg sync.WaitGroup
	var woken int64
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			time.Sleep(within(i))
			atomic.AddInt64(&woken, 1)
			wg.Done()
		}(i)
	}
	wg.Wait()
	check(int(woken), n)
}
