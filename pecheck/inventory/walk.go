package inventory

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"kbverify/pecheck/authenticode"
)

const (
	// maxDepth caps the folders above a file: Windows paths end at 32,767
	// characters, and no tree that people made comes near this.
	maxDepth = 500
	// maxPathBytes caps the escaped path of a folder: twice what Windows allows.
	maxPathBytes = 64 << 10
	// maxAhead caps the entries that are looked at before it is their turn in path
	// order: enough to keep every job busy past one slow file.
	maxAhead = 4096
	// maxOpenFolders caps the folders held open, well below the usual limit of 1,024
	// open files. Beyond it only the next folder in path order is opened.
	maxOpenFolders = 256
)

// walk goes through a root with several jobs at once and hands what it finds to
// its sink in path order. Jobs take the first entry in path order that nobody
// has taken; so the work ahead of the sink is bounded, and with it memory.
type walk struct {
	names      *selection
	exclude    *excluder
	own        *ownFiles
	strings    bool                  // wanted of each file
	follow     bool                  // links out of the root
	digests    *digester             // nil: of no content
	signatures *authenticode.Options // nil: of no file
	disk       rootFolder
	seen       atomic.Int64 // files passed
	folders    atomic.Int64 // folders listed
	hashed     atomic.Int64 // bytes of contents read
	roomTries  atomic.Int64 // waits for other files to be closed

	mu      sync.Mutex
	job     sync.Cond // signalled when there may be an entry to take
	turn    sync.Cond // signalled when an entry is done
	rest    []*node   // folders with entries that nobody has taken, in path order
	held    map[*node]bool
	mayHold int   // folders
	mayGrow int   // to so many jobs
	ahead   int   // entries taken and not yet handed over
	at      *node // where the sink stands
	jobs    int   // still running
	stopped bool
	forget  func() bool // ends the watch over ctx

	entered map[folderID]bool // the root, and folders out of it
}

// node is one folder of which the sink has not had everything.
type node struct {
	parent  *node
	index   int // of its entry in the parent
	depth   int
	name    string // raw
	bytes   int    // of the escaped path
	dir     folder // nil where it could not be opened
	outside bool   // of the root, behind a link that was followed
	real    string // absolute path, where the link led right here
	again   bool   // not looked into, since that was done already
	fault   string // why it could not be read, or not to its end
	entries listing
	taken   int    // entries that a job took
	users   int    // jobs that use dir
	given   int    // entries that the sink had
	slots   []slot // of entries given to taken
}

// slot is the result of one entry.
type slot struct {
	done  bool
	child *node
	found finding
}

// open opens and lists the root.
func (w *walk) open(ctx context.Context, d disk, path string) error {
	dir, err := d.root(path)
	if err != nil {
		return err
	}
	w.job.L, w.turn.L = &w.mu, &w.mu
	w.held = map[*node]bool{}
	w.disk, w.at = dir, &node{dir: dir}
	w.entered = map[folderID]bool{}
	if w.follow {
		if _, err := w.claim(dir); err != nil {
			dir.close()
			return err
		}
	}
	if err := w.list(ctx, w.at); err != nil && w.at.entries.len() == 0 {
		dir.close()
		return err
	}
	return nil
}

// start starts the jobs. They end when ctx does or stop is called.
func (w *walk) start(ctx context.Context, jobs int) {
	w.jobs = jobs
	w.settle(w.at)
	w.forget = context.AfterFunc(ctx, w.stop)
	for range jobs {
		go w.run(ctx)
	}
}

// goesOn counts bytes that a job has read, and reports that nobody has stopped the walk.
func (w *walk) goesOn(bytes int) bool {
	w.hashed.Add(int64(bytes))
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.stopped
}

func (w *walk) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.job.Broadcast()
	w.turn.Broadcast()
}

// wait blocks until every job has ended.
func (w *walk) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.jobs > 0 {
		w.turn.Wait()
	}
}

func (w *walk) run(ctx context.Context) {
	var slots [maxAtOnce]slot
	most := 1
	for {
		n, i, count := w.take(most)
		if count == 0 {
			break
		}
		start := time.Now()
		for k := range count {
			slots[k] = w.look(ctx, n, i+k)
		}
		w.finish(n, i, slots[:count])
		each := time.Since(start) / time.Duration(count)
		most = nextAtOnce(most, each)
		if each >= slowLook && w.grow() {
			go w.run(ctx)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.jobs--; w.jobs == 0 {
		for n := range w.held {
			n.dir.close()
		}
		clear(w.held)
	}
	w.turn.Broadcast()
}

const (
	// maxAtOnce caps the files that a job takes at once. Handing over every one by
	// itself costs more than looking at it, where it is in memory.
	maxAtOnce = 32
	// quickLook is what a look at one takes there. On a share it takes longer, and the
	// files of a folder are better looked at by many jobs side by side.
	quickLook = 50 * time.Microsecond
	// slowLook is what it takes where more jobs side by side are of use: not on a disk,
	// which they only make seek, and not where whole contents are read.
	slowLook = time.Millisecond
)

// grow takes another job into account, if there may be one.
func (w *walk) grow() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.jobs >= w.mayGrow || w.digests != nil || w.signatures != nil || w.stopped || len(w.rest) == 0 {
		return false
	}
	w.jobs++
	return true
}

// nextAtOnce gives how many files a job takes next, by the time that one has taken.
func nextAtOnce(most int, each time.Duration) int {
	if each > quickLook {
		return 1
	}
	return min(2*most, maxAtOnce)
}

// take gives the next entry in path order, and how many it is with the files behind
// it in the same folder: none when the walk is over.
func (w *walk) take(most int) (n *node, i, count int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.stopped {
		if len(w.rest) == 0 || !w.mayTake(w.rest[0]) {
			w.job.Wait()
			continue
		}
		n, i, count = w.rest[0], w.rest[0].taken, 1
		if n.isFile(i) {
			for count < most && w.ahead+count < maxAhead && n.isFile(i+count) {
				count++
			}
		}
		n.taken += count
		n.users++
		n.slots = append(n.slots, make([]slot, count)...)
		w.ahead += count
		if n.taken == n.entries.len() {
			w.rest = slices.Delete(w.rest, 0, 1)
		}
		return n, i, count
	}
	return nil, 0, 0
}

// isFile reports that there is an i-th entry, and that it is a file.
func (n *node) isFile(i int) bool {
	if i >= n.entries.len() {
		return false
	}
	_, kind := n.entries.entry(i)
	return kind == fileEntry
}

// mayTake keeps the jobs from running too far ahead. The entry that the sink
// waits for may always be taken, so the walk goes on.
func (w *walk) mayTake(n *node) bool {
	if w.at == n && n.given == n.taken {
		return true
	}
	_, kind := n.entries.entry(n.taken)
	if w.follow && (isLink(kind) || n.outside && kind == folderEntry) {
		return false // who comes first looks into a folder: in path order, whatever the number of jobs
	}
	return w.ahead < maxAhead && (kind != folderEntry || len(w.held) < w.mayHold)
}

func (w *walk) finish(n *node, i int, slots []slot) {
	for k := range slots {
		slots[k].done = true
		if child := slots[k].child; child != nil {
			w.settle(child)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	copy(n.slots[i-n.given:], slots)
	n.users--
	w.release(n)
	if w.at == n && i == n.given {
		w.turn.Signal()
	}
}

// settle makes a listed folder's entries available to the jobs.
func (w *walk) settle(n *node) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n.dir != nil {
		w.held[n] = true
	}
	if n.entries.len() == 0 {
		w.release(n)
		return
	}
	at, _ := slices.BinarySearchFunc(w.rest, n, compareNodes)
	w.rest = slices.Insert(w.rest, at, n)
	w.job.Broadcast()
}

// release closes a folder that nobody needs any more. The root stays open for
// the links below it until the last job ends.
func (w *walk) release(n *node) {
	if n.parent == nil || n.users > 0 || n.taken < n.entries.len() || !w.held[n] {
		return
	}
	delete(w.held, n)
	n.dir.close()
	n.dir = nil
	w.job.Signal()
}

// compareNodes orders folders by what they have left to take: a folder comes
// before the rest of the one it stands in.
func compareNodes(a, b *node) int {
	up, vp := a, b
	for up.depth > vp.depth {
		up = up.parent
	}
	for vp.depth > up.depth {
		vp = vp.parent
	}
	if up == vp {
		return b.depth - a.depth
	}
	for up.parent != vp.parent {
		up, vp = up.parent, vp.parent
	}
	return up.index - vp.index
}
