/**
 * Where everything is in the memory that threads share: each word that any code names by its place is named here, and
 * nowhere else, so that a test can hold that no two overlap. Pointers are indexes of 32-bit words, 0 is nil.
 *
 *     header   words that belong to all threads
 *     records  one an isolate
 *     table    the numbers of objects' shapes
 *     pages    which are free, then what each span of them is, then the pages: spans of blocks of one size, for objects,
 *              sudogs, tasks, messages, bytes
 *
 * Plain numbers, because the build puts them where they are used. Words that several threads write stand on cache lines
 * (16 words) of their own.
 */

// ---- The header.

/** The version of this layout: two versions of the library can't share a memory. */
export const LAYOUT = 1;
/** How many pages there are, how many are taken, and the lowest that may be free (pages.ts). */
export const PAGES = 2;
export const PAGES_USED = 3;
export const LOW = 6;
/** How many threads have tidied up because another had no room. */
export const TIDIED = 7;
/** How many records have ever been used. */
export const ISOLATES = 4;
/** Numbers given to shared channels and locks so far. */
export const OBJECTS = 5;
/** The queue of tasks for all: which isolate (plus one) has its lock, first batch, last, how many. */
export const QUEUE_LOCK = 16;
export const QUEUE_FIRST = 17;
export const QUEUE_LAST = 18;
export const QUEUE_SIZE = 19;
/** 1 while a thread is on its way to look for a task. */
export const TOKEN = 32;
/** How many threads are idle, and which: a bit each. A hint: whether one sleeps, its own record says. */
export const IDLE = 48;
export const IDLE_BITS = 64;
/** The most threads that take tasks. */
export const PROCS = 80;
/** Which isolate (plus one) has closed the queues of tasks. */
export const CLOSED_BY = 81;
/** How many threads there are besides the first one. */
export const THREADS = 96;
/** The number of the round in which threads say that they are asleep. */
export const ROUND = 97;
/** 1 while somebody listens to events on the first thread. */
export const WATCHED = 98;
/** How many shapes have a number. */
export const SHAPES = 128;
/** How many shared buffers are announced, the last number given to one, and the name of the channel for that. */
export const BUFFERS = 130;
export const BUFFER_IDS = 131;
export const BUFFER_CHANNEL = 132;

/** The most threads there can be, the first one included. */
export const MAX_ISOLATES = 256;
/** Words with a bit for each isolate. */
export const ISOLATE_BITS = 8;
/** The records begin here, and have so many words each. */
export const RECORDS = 1024;
export const RECORD = 512;
/** The table of shapes, one word each. */
export const TABLE = 132_096;
export const TABLE_LENGTH = 8192;
/** One word for each page. Behind it the spans, and the pages: how many there are depends on the size of the memory. */
export const PAGE_TABLE = 140_288;

// ---- An isolate's record: what others read of it, where they reach it, and what it owns.

/** Whether it sleeps (record.ts). */
export const PARK = 0;
/** What became of it (record.ts). */
export const STATE = 1;
/** How many isolates have had this record: with it, a lock knows whether its owner still lives. */
export const GENERATION = 2;
/** 1 once it was told to end: it takes no more tasks. */
export const LEAVING = 3;
/** Messages for it, newest first, to be taken as a whole. */
export const INBOX = 16;
/** What it is alerted to, a bit each (isolate.ts), to be taken as a whole. */
export const ALERTS = 17;
/** Its blocks that others have freed, to be taken as a whole. */
export const RFREE = 32;
/** The lock it is about to take, or has taken last. */
export const WANTED = 48;
/** The locks it holds besides, linked through the locked objects. */
export const HELD = 49;
/** What it has taken out of `RFREE` and not put away yet. */
export const RETURNING = 50;
/** Waiters it has taken off queues and not woken yet, oldest first. */
export const SERVING = 52;
export const SERVING_LAST = 53;
/** Its sudogs: the free ones, and all there are. */
export const SUDOGS = 54;
export const ALL_SUDOGS = 55;
/** What its program holds of what is shared. */
export const HOLDS = 56;
/** Odd while it runs goroutines, and another number each time it could have done something else: a monitor looks at it. */
export const HEARTBEAT = 64;
/** Its queue of tasks that have not started: where it begins and ends in the ring. */
export const RUNQ_HEAD = 80;
export const RUNQ_TAIL = 96;
/** Its spans that have free blocks, by the class of their size. */
export const ROOMY = 112;
export const CLASSES = 64;
/** The round in which its event loop was found dry and since when it has taken nothing; else 0. Only it writes this. */
export const DRY = 176;
/** How many answers to a dump have come, and the answers. */
export const ANSWERED = 192;
export const ANSWERS = 193;
/** What the host calls its thread, plus one. */
export const THREAD_ID = 200;
/** How many tasks it has looked for. */
export const TICK = 208;
/** 1 while it may have tasks that are in no queue and not marked as begun. */
export const HAND = 209;
/** The name of the module that it is importing, as a pointer; 0 for none. */
export const IMPORTS = 210;
/** The task that has ended its thread, as far as it could tell, and how (blame.ts). */
export const CULPRIT = 211;
export const HOW = 212;
/** Its place among the threads that take tasks: it takes none if that is more than there may be. */
export const PLACE = 213;
/** How many tasks it has begun that have not ended, and the one that it began last; 0 once that has ended. */
export const BEGUN = 214;
export const LATEST = 215;
/** What it has of runs whose main is elsewhere: a list of tallies. */
export const TALLIES = 216;
/** 1 once it looks for tasks. */
export const READY = 217;
/** The ring of its queue of tasks. */
export const RUNQ = 256;
export const RING = 256;

// ---- A span, at its first page's place in the table of spans.

/** The class of its blocks' size (memory.ts). */
export const SPAN_CLASS = 0;
/** Its free blocks, and how many are in use. */
export const SPAN_FREE = 1;
export const SPAN_USED = 2;
/** Its neighbours in the list of its isolate's spans that have free blocks. */
export const SPAN_NEXT = 3;
export const SPAN_PREV = 4;
export const SPAN_WORDS = 8;

// ---- A block: its tag (the first page of its span << 9 | owner << 1 | 1 while it is free), a link, and what it is used for.

/** The word that lists of blocks are linked with, free for its user otherwise. */
export const LINK = 1;
/** Words of a block before what it is used for. */
export const HEAD = 2;
/** Of a message, or what is to become one: what it is. */
export const KIND = 2;

/** Words of a slot, which holds a value: tag, `aux`, and a double at an even word. */
export const SLOT_WORDS = 4;

// ---- A shared channel or lock (object.ts); its kind is in `KIND`.

/** The word of its lock: 0, or the owner's key with the lowest bit set if somebody waits. */
export const LOCK = 3;
/** Set exactly while a change is half made. */
export const DIRTY = 4;
/** `OPEN`, `CLOSED` or `LOST`. */
export const STATUS = 5;
/** Who waits at one end and at the other: the first and the last each. */
export const RECVQ = 6;
export const SENDQ = 8;
/** Values in the buffer; what is counted or held of a lock. */
export const QCOUNT = 10;
/** Slots of the buffer; the size of a semaphore. */
export const SIZE = 11;
export const SENDX = 12;
export const RECVX = 13;
/** The isolate that holds a mutex, by its key. */
export const HOLDER = 14;
/** How many refer to it: threads that hold it, and copies under way. */
export const REFS = 16;
/** Its number, unique over all threads and kinds. */
export const ID = 17;
/** The lock that its owner took before this one. */
export const HELD_BEFORE = 18;
/** Slots with what does not change: name, zero value and codec. */
export const OPTIONS = 20;
/** The slots of the buffer, on cache lines of their own. */
export const BUFFER = 32;

// ---- What an isolate holds of what is shared (holds.ts).

export const HOLD_OBJECT = 3;
/** Its neighbours in the list of its isolate. */
export const HOLD_NEXT = 4;
export const HOLD_BEFORE = 5;
/** How much of a semaphore's weight its isolate has. */
export const HOLD_WEIGHT = 6;
/** 1 while it is on a list of those that wait for the end of its object. */
export const HOLD_WAITS = 7;
export const HOLD_WORDS = 8;

// ---- A sudog (sudog.ts).

export const SUDOG_OWNER = 3;
/** What it waits for. */
export const SUDOG_OBJECT = 4;
/** In a leader: set by whichever thread serves one of its select. */
export const SUDOG_DONE = 5;
export const SUDOG_PREV = 6;
/** The leader of its select; 0 when it is alone. */
export const SUDOG_GROUP = 7;
/** A slot: what it sends, what it was given. */
export const SUDOG_CELL = 8;
/** At which end of the object it waits: `RECVQ` or `SENDQ`. */
export const SUDOG_QUEUE = 12;
/** Its place among those that wait on this thread. */
export const SUDOG_LOCAL = 13;
export const SUDOG_STATE = 14;
/** The next of all sudogs of its isolate. */
export const SUDOG_NEXT = 15;
export const SUDOG_WORDS = 16;

// ---- A task (task.ts). In a queue, `KIND` of the first of a batch leads to the next batch.

/** Its function's name and module. */
export const TASK_FN = 3;
/** The key of the isolate that made it: a later one with that number has another. */
export const TASK_OWNER = 4;
/** Its number among the owner's goroutines that are elsewhere. */
export const TASK_CHILD = 5;
/** The record of its run. */
export const TASK_RUN = 6;
/** The number of its goroutine. */
export const TASK_GID = 7;
/** The key of the isolate that runs it; 0 before (task.ts). */
export const TASK_RUNNER = 8;
/** How many arguments there are; afterwards, how it ended. */
export const TASK_COUNT = 9;
/** Which goroutine said `go`: number, and name. */
export const TASK_BY = 10;
export const TASK_BY_NAME = 11;
/** 1 if the last argument is what of the caller's context goes along (carry.ts). */
export const TASK_CARRIES = 12;
/** A slot for each argument; then one for the result. */
export const TASK_ARGS = 14;

// ---- A run that threads share (run.ts).

/** 1 once it is over. */
export const RUN_OVER = 2;
/** Numbers of goroutines given out. */
export const RUN_IDS = 3;
/** Settings. */
export const RUN_FLAGS = 4;
export const RUN_NAME = 5;
/** The isolate of its main. */
export const RUN_HOME = 6;
/** How many goroutines there are that its own thread knows nothing of, and how many it knows of when it has nothing to run. */
export const RUN_ELSEWHERE = 7;
export const RUN_AT_HOME = 8;
/** 1 once a thread had no room to tell its home of a panic. */
export const RUN_FAILED = 9;
export const RUN_WORDS = 10;

// ---- A tally: what an isolate has of a run whose main is elsewhere, to be taken from the run's count if it dies (run.ts).

/** The tally before it in the list, which is linked through `LINK`. */
export const TALLY_BEFORE = 2;
export const TALLY_RUN = 3;
/** Tasks that were begun there. */
export const TALLY_GUESTS = 4;
/** Goroutines that those have started there from closures. */
export const TALLY_HELPERS = 5;
/** Tasks that those have started for any thread. */
export const TALLY_TASKS = 6;
export const TALLY_WORDS = 7;

// ---- What one thread tells another (tell.ts).

export const TOLD_ABOUT = 3;
export const TOLD_FROM = 4;
/** A slot. */
export const TOLD_VALUE = 6;
export const TOLD_WORDS = 10;

// ---- An answer to a dump (dump.ts).

export const ANSWER_QUESTION = 2;
export const ANSWER_FROM = 3;
/** A slot. */
export const ANSWER_LIST = 4;
export const ANSWER_WORDS = 8;

// ---- A context that was sent (context.ts): a message to its owner once no other thread has it.

/** Those on other threads, and those on their way. */
export const CONTEXT_REFS = 3;
/** The key of the isolate that it is of. */
export const CONTEXT_OWNER = 4;
export const CONTEXT_STATE = 5;
/** A double, at an even word. */
export const CONTEXT_DEADLINE = 6;
/** Slots: why it has ended; its values, and why once its deadline has passed. */
export const CONTEXT_CAUSE = 8;
export const CONTEXT_REST = 12;
/** The holds of those that wait for its end, to be taken as a whole. */
export const CONTEXT_WAITERS = 16;
export const CONTEXT_WORDS = 18;

// ---- A SharedArrayBuffer that was sent (buffers.ts).

/** Threads that have an object for it, and pointers on their way. */
export const SHARED_REFS = 3;
/** Its number, never used again: news of one that is gone may be read when its record is another's already. */
export const SHARED_ID = 4;
export const SHARED_WORDS = 6;

// ---- Blocks of bytes.

/** A slot's value: how many bytes, and the bytes. */
export const BYTES_LENGTH = 2;
export const BYTES_DATA = 3;
/** A shape: hash, how many bytes, and its keys as JSON. */
export const SHAPE_HASH = 2;
export const SHAPE_LENGTH = 3;
export const SHAPE_DATA = 4;
