/**
 * One member of a chain: the CRAQ protocol on an ordered log, as a state machine without clock, thread, network or disk. A
 * <em>driver</em> feeds it events and performs the effects that it returns.
 *
 * <h2>Reading order</h2>
 *
 * <ol>
 *   <li>{@link org.craq.core.replica.Replica}: the front. Every event is a method; {@code advance()} is its centre.
 *   <li>{@link org.craq.core.replica.Effect}: everything a replica can ask of its driver.
 *   <li>{@code Log}: the log and its marks, with {@code EntryWindow} (its upper end, in memory) and {@link
 *       org.craq.core.replica.EpochTable} (where two logs diverge).
 *   <li>{@code HeadWrites}: the way of a write through the head, with {@code Sequencer} (retries and conditions) and
 *       {@code PendingWrites}.
 *   <li>{@code Reads}: at which mark a read is answered, with {@code PendingReads} (queries to the tail).
 *   <li>{@code SuccessorFeed} and {@code PredecessorLink}: the streams to the two neighbours.
 *   <li>{@code Readiness}, {@code Place} and {@code Lease}: whether this member may serve.
 * </ol>
 *
 * <h2>A driver</h2>
 *
 * <p>Calls to a replica must not overlap, so a driver runs its events one at a time. After each event it takes the effects
 * and starts them in order; it does not wait for their results, which come back as later events:
 *
 * <pre>{@code
 * void handle(Consumer<Replica> event) {           // one at a time, never on two threads
 *     event.accept(replica);
 *     for (Effect effect : replica.drain()) {      // starting an effect must not call the replica
 *         if (effect instanceof Effect.Persist persist) {
 *             logWriter.persist(persist, () ->     // own thread, in order with Truncate and Rebase
 *                     queue.add(r -> r.persisted(persist.generation(), persist.entry().seq())));
 *         } else if (effect instanceof Effect.SendEntry send) {
 *             successor.send(send.stream(), send.entry());
 *         } else if (effect instanceof Effect.AnswerWrite answer) {
 *             writes.complete(answer.token(), answer.outcome());
 *         }                                        // ... one branch for each effect
 *     }
 *     view = replica.report();                     // other threads read this snapshot
 * }
 * }</pre>
 *
 * <p>If a call throws, the driver releases the lease and stops the replica, as its state is no longer trustworthy. The
 * driver of the node is {@code org.craq.node.replication.ChainDriver}, that of the simulation {@code SimMember}; both drain
 * in a loop, so that an effect may also call the replica at once.
 *
 * <h2>Obligations of the driver</h2>
 *
 * <table>
 *   <caption>Effects and their results</caption>
 *   <tr><th>Effect<th>The driver<th>then calls
 *   <tr><td>Persist<td>stores the entry and all its content<td>{@code persisted}; may acknowledge several with the last
 *   <tr><td>Truncate, Rebase<td>changes the stored log; retries until that succeeds<td>nothing
 *   <tr><td>Forget<td>deletes forgotten entries in the background<td>{@code forgotten}
 *   <tr><td>LoadLog<td>reads entries back from the database<td>{@code loaded}; a part will do
 *   <tr><td>LookUp<td>queries the database<td>{@code lookedUp} or {@code lookUpFailed}
 *   <tr><td>AskTail<td>queries the tail, with a time limit<td>{@code tailAnswered} or {@code tailSilent}
 *   <tr><td>ConnectPredecessor<td>opens the stream<td>{@code welcomed}, {@code received}, {@code prepared}; at its end
 *       {@code predecessorLost}
 *   <tr><td>WelcomeSuccessor<td>accepts the stream, which was announced with {@code hello}<td>{@code committed}; at its end
 *       {@code successorLost}
 *   <tr><td>SendEntry, SendPrepared, SendCommit<td>sends on the numbered stream, in order<td>nothing
 *   <tr><td>RefuseSuccessor, CloseStreams<td>closes the stream or streams<td>nothing
 *   <tr><td>AnswerWrite, AnswerRead<td>completes the request; before it answers a read, it checks {@code serves} again if
 *       {@code leased} is set, and the time limit {@code until}<td>nothing
 *   <tr><td>Committed, NeighbourAtFault<td>takes note<td>nothing
 *   <tr><td>Expelled<td>discards this replica and restarts from what is durable, as a new incarnation<td>nothing
 * </table>
 *
 * <h2>What may overlap</h2>
 *
 * <p>Persist, Truncate and Rebase form one queue: they take effect in the order in which they were emitted, and entries may
 * be batched. Messages on one stream stay in order. All else may run concurrently: in particular an entry is sent to the
 * successor while it is being made durable here, and lookups, queries and forgetting run beside the writes. Results for a
 * stream, query or generation that is no longer current are ignored, so the driver need not cancel anything.
 *
 * <h2>What must be durable before what</h2>
 *
 * <ul>
 *   <li>The content of an entry before its metadata, and both before {@code persisted} is called. A report covers all
 *       entries up to its seq.
 *   <li>A truncation before any entry that is persisted after it. Of a report from before a truncation, only entries that
 *       were kept count; the generation identifies such a report.
 *   <li>The mark of a Forget before any deletion that it causes.
 *   <li>The incarnation before the first event: stored by a node when it starts, it fences the writes of its former
 *       incarnation.
 *   <li>The commit mark may be stored late, with one exception: content is pruned only together with, or after, the commit
 *       mark that justifies it. The prepared mark is not stored at all and starts at zero in each incarnation.
 * </ul>
 */
package org.craq.core.replica;
