/*
 * FRESHNESS (ARCHITECTURE section 7; libs/freshness): heads, renewals, covers, lease, second look.
 *
 * Promise, INVARIANTS I1: an allow on a state without the revocation never passes its second look later than L after
 * the revocation was first acknowledged. Asserted in `look`.
 *
 * Each action is one atomic step that may happen at any time or never: pauses of any length anywhere. Time is kept as
 * ages that stop growing beyond L: it has no bound. The revocation is any one record of the lifecycle log, and of a
 * position only this matters: is it at or after the revocation (1) or before (0)? So the log has no bound either, nor
 * has the number of starts and crashes. A mutant is this file with one M_... macro. Abstractions: README.md.
 */
#ifndef L
#define L 1 /* length of a lease in ticks */
#endif
#ifndef WRITERS
#define WRITERS 2 /* at one time */
#endif
#ifndef COORD
#define COORD 4 /* coordination records */
#endif
#ifndef BASE
#define BASE 1 /* a reader from offset 0 awaits a `covers` record, too; 0 = the mutant that trusts offset 0 */
#endif
#define NONE (L + 1)       /* an age beyond any lease: no lease, no decision, too late */
#define UNHEARD (NONE + 1) /* nobody was told of the revocation yet */

bit revoked;          /* the revocation is on the lifecycle log */
byte heard = UNHEARD; /* since it was first acknowledged */

/* The coordination journal. A head and a renewal say the same to a reader: a position, and the offset it covers. */
#ifdef M_MATCH_BY_ID
typedef Record { bit head; byte covers; bit own };
#else
typedef Record { bit head; byte covers };
#endif
Record coord[COORD];
byte coordEnd;

mtype = { down, noted, up };
typedef Writer { mtype life = down; byte c0; bit marker };
Writer w[WRITERS];
#if defined(M_HEAD_AFTER_ANSWER) || defined(M_REPEAT_WITHOUT_HEAD)
byte revoker; /* the writer that appended it */
#define BY(me) revoker = me
#else
#define BY(me) skip
#endif

/* One validator; what others do to it is in `Others`. Its newest renewal is sent, then stored, then proven. */
mtype = { idle, sent, stored, acked, proven };
bit applied;
mtype renewal = idle;
byte at;              /* where the newest renewal lies: stands for its incarnation and nonce */
byte age = NONE;      /* since t0, the instant before it was sent */
bit awaited;          /* need of the proof */
byte lease = NONE;    /* since t0 of the renewal behind the lease; at most L while the lease holds */
byte decision = NONE; /* the lease captured by a decision under way on a state without the revocation */

byte next, since, need, x; /* scratch of one step */
inline done() { next = 0; since = 0; need = 0; x = 0 }
inline pick(from, to) { x = from; do :: x < to -> x++ :: break od }

/*
 * A reader (coordination-view.ts). What it knows is a function of the records it read, and records never change: so a
 * reader is the choice of where it started (retention may have taken any prefix) and how far it was served (a deposed
 * leader may serve any old prefix). since = 0: covered; else the offset that some `covers` still has to reach.
 */
inline admit() {
#ifndef M_HEADS_NOT_READ
  need = (coord[next].head > need -> coord[next].head : need);
#endif
  since = (coord[next].covers >= since -> 0 : since);
  next++
}
inline start(last) { pick(0, last); next = x;
#ifndef M_NO_COVERS
  since = next + BASE
#endif
}
inline read() { start(coordEnd); do :: next < coordEnd -> admit()
#ifdef M_HOLE_IGNORED
                            :: next < coordEnd -> next++
#endif
                            :: break od }
#ifdef M_COVERS_UNCOVERED
#define COVERS(position) ((position) >= need -> next + BASE : 0)
#elif defined(M_COVERS_BEYOND_POSITION)
#define COVERS(position) (since == 0 -> next + BASE : 0)
#else
#define COVERS(position) (since == 0 && (position) >= need -> next + BASE : 0)
#endif

/* Lemma of the proof: `covers` is true. Mutants do not assert it: each has to break the promise itself. */
inline land(H, C) {
  coord[coordEnd].head = H; coord[coordEnd].covers = C;
#ifndef MUTANT
  x = 0;
  do :: x + BASE < coord[coordEnd].covers -> assert(coord[x].head <= coord[coordEnd].head); x++
     :: else -> break
  od;
#endif
  coordEnd++
}

inline tell() { if :: heard == UNHEARD -> heard = 0 :: else fi }
/* The second look. `heard == NONE` means acknowledged more than L ago. */
#ifdef M_SECOND_LOOK_NEWER
inline look() { assert(!(decision <= L && lease <= L && heard == NONE)) }
#else
inline look() { assert(!(decision <= L && heard == NONE)) }
#endif

/* ---------- a writer: notes c0, marks its start, appends, reads back, commits heads, then answers ---------- */
#define W w[me]
#define HAS_READ_REVOCATION (revoked && W.life == up)
proctype WriterProcess(byte me) {
end: do
  :: atomic { W.life == down && (me == 0 || w[me - 1].life != down) -> W.c0 = coordEnd + BASE; W.life = noted }
  :: atomic { W.life == noted -> W.marker = revoked; W.life = up }
  :: atomic { W.life == up && !revoked -> revoked = 1; BY(me) }
  :: atomic { W.life == up && coordEnd < COORD -> /* a head, of any position that it may have read */
      read(); pick(W.marker, revoked);
#ifdef M_COVERS_AFTER_MARKER
      W.c0 = coordEnd + BASE;
#endif
      since = COVERS(x); since = (since > W.c0 -> since : W.c0); need = x;
      land(need, since);
      if :: need == 1 -> tell() :: else fi; /* answered the instant it is committed */
      done() }
#ifdef M_HEAD_AFTER_ANSWER
  :: atomic { HAS_READ_REVOCATION && revoker == me -> tell() }
#endif
#ifdef M_REPEAT_WITHOUT_HEAD
  :: atomic { HAS_READ_REVOCATION && revoker != me -> tell() }
#endif
#ifdef M_KAFKAJS_IDEMPOTENCE
  :: atomic { HAS_READ_REVOCATION -> tell() } /* the head was dropped as a duplicate, and acknowledged */
#endif
  :: atomic { W.life != down -> W.life = down; W.c0 = 0; W.marker = 0 }
  od
}

/* ---------- any number of other validators, and this one's former lives: renewals with what they know ---------- */
proctype Others() {
end: do
  :: atomic { coordEnd < COORD -> read(); x = COVERS(need); land(need, x); done() }
  od
}

/* ---------- the validator ---------- */
inline dropRenewal() { renewal = idle; at = 0; age = NONE; awaited = 0 }
#ifdef M_APPLIED_NOT_AWAITED
#define AWAITED true
#else
#define AWAITED (applied >= awaited)
#endif
inline grant() {
  if :: renewal == proven && AWAITED -> lease = (age < lease -> age : lease); dropRenewal() :: else fi
}
proctype Validator() {
end: do
  :: atomic { applied = 0; dropRenewal(); lease = NONE; decision = NONE } /* a new incarnation, an old snapshot */
  :: atomic { applied < revoked -> applied = 1; grant() }
  :: atomic { dropRenewal(); age = 0; renewal = sent } /* the one before may lie on the journal; it is given up */
  :: atomic { renewal == sent && coordEnd < COORD -> read(); x = COVERS(need); at = coordEnd;
#ifdef M_MATCH_BY_ID
      coord[coordEnd].own = 1;
#endif
      land(need, x); renewal = stored; done() }
#ifdef M_MATCH_BY_ID
  :: atomic { renewal == sent && coordEnd > 0 -> pick(0, coordEnd - 1);
      if :: coord[x].own -> at = x; renewal = stored :: else fi; x = 0 }
#endif
  :: atomic { renewal == stored || renewal == acked -> /* reads its renewal back, and on until it is covered */
      start(at);
      do :: next < coordEnd && (next <= at || since != 0) -> admit()
#ifdef M_HOLE_IGNORED
         :: next < at -> next++
#endif
         :: else -> break
      od;
#ifdef R_LEASE_BEHIND_EXPIRED
      assert(!(since == 0 && x > 0));
#endif
      if :: since == 0 -> awaited = need; renewal = proven; at = 0;
#ifdef M_READBACK_COUNTED
            age = 0;
#endif
            grant()
         :: else
      fi;
      done() }
#ifdef M_ACK_COUNTED
  :: atomic { renewal == stored -> renewal = acked; age = 0 }
#endif
#ifdef M_ACK_UNREAD
  :: atomic { renewal == stored -> read();
      if :: since == 0 -> awaited = need; renewal = proven; grant() :: else fi; done() }
#endif
#ifdef M_FETCH
  :: atomic { lease = 0 } /* "nothing new", says whoever was asked */
#endif
  :: atomic { lease <= L && !applied -> decision = lease; look() }
  od
}

#ifdef M_RECREATED
proctype Operator() {
end: do
  :: atomic { coordEnd > 0 -> /* deletes the coordination topic; the writers start anew */
      do :: coordEnd > 0 -> coordEnd--; coord[coordEnd].head = 0; coord[coordEnd].covers = 0 :: else -> break od;
      if :: renewal == stored -> dropRenewal() :: else fi;
      x = 0;
#ifndef SURVIVE
      do :: x < WRITERS -> w[x].life = down; w[x].c0 = 0; w[x].marker = 0; x++ :: else -> break od;
#endif
      x = 0 }
  od
}
#endif
inline older(A) { A = (A < NONE -> A + 1 : A) }
proctype Clock() {
end: do
  :: atomic { assert(next == 0 && since == 0 && need == 0 && x == 0); /* no step stopped half-way */
      older(heard); older(age); older(lease);
#if !defined(M_NO_SECOND_LOOK) && !defined(M_SECOND_LOOK_NEWER)
      older(decision);
#endif
      if :: age == NONE -> dropRenewal() :: else fi; /* too old to give a lease */
#ifdef R_LEASE_ON_NEW_STATE
      assert(!(lease <= L && applied && heard == NONE));
#endif
#ifdef R_ALLOW_UNTIL_L
      assert(!(decision <= L && heard == L));
#endif
      look() }
  od
}
init { atomic {
  x = 0; do :: x < WRITERS -> run WriterProcess(x); x++ :: else -> break od; x = 0;
#ifdef M_RECREATED
  run Operator();
#endif
  run Others(); run Validator(); run Clock() } }
