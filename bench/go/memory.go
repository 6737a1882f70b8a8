package main

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func park(ch <-chan int, count *int64) {
	atomic.AddInt64(count, 1)
	<-ch
}

func parked(n int) interface{} {
	ch, count := make(chan int), int64(0)
	for i := 0; i < n; i++ {
		go park(ch, &count)
	}
	for atomic.LoadInt64(&count) < int64(n) {
		runtime.Gosched()
	}
	return ch
}

func parkedOwn(n int) interface{} {
	all, count := make([]chan int, n), int64(0)
	for i := range all {
		all[i] = make(chan int)
		go park(all[i], &count)
	}
	for atomic.LoadInt64(&count) < int64(n) {
		runtime.Gosched()
	}
	return all
}

func channels(n int) interface{} {
	all := make([]chan int, n)
	for i := range all {
		all[i] = make(chan int)
	}
	return all
}

func timers(n int) interface{} {
	all := make([]*time.Timer, n)
	for i := range all {
		all[i] = time.AfterFunc(time.Hour+time.Duration(i)*time.Millisecond, func() {})
	}
	return all
}

func contexts(n int) interface{} {
	parent, end := context.WithCancel(context.Background())
	all := make([]context.Context, n+1)
	for i := range all[:n] {
		all[i] = alone(context.WithCancel(parent))
	}
	all[n] = parent
	return append([]interface{}{end}, all)
}

func mutexes(n int) interface{} {
	all := make([]*sync.Mutex, n)
	for i := range all {
		all[i] = new(sync.Mutex)
	}
	return all
}

func waitGroups(n int) interface{} {
	all := make([]*sync.WaitGroup, n)
	for i := range all {
		all[i] = new(sync.WaitGroup)
	}
	return all
}
