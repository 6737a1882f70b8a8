// How late a sleeper wakes: `lateness SLEEPERS ROUNDS` prints, for each wake-up, by how many milliseconds, as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

func main() {
	sleepers, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[2])
	late := make([]float64, sleepers*rounds)
	var wg sync.WaitGroup
	for k := 0; k < sleepers; k++ {
		wg.Add(1)
		go func(k int) {
			defer wg.Done()
			for i := 0; i < rounds; i++ {
				d := time.Duration(1+(k*7+i*13)%20) * time.Millisecond
				start := time.Now()
				time.Sleep(d)
				late[k*rounds+i] = float64((time.Since(start) - d).Nanoseconds()) / 1e6
			}
		}(k)
	}
	wg.Wait()
	line, _ := json.Marshal(late)
	fmt.Println(string(line))
}
