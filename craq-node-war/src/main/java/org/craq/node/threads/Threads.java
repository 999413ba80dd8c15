package org.craq.node.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * The node's executors; {@link Pools} owns them.
 *
 * @param control short steps: the protocol, its database work, heartbeats
 * @param data other nodes' calls that move bytes, database lookups, and sweeps that may wait, such as retention and
 *     upkeep
 * @param users users' calls
 * @param entry the short step before it is known what a call is
 * @param connections tasks that keep a thread while a connection or a REST request lasts; the pool has no bound, so its
 *     users have their own
 * @param timer starts periodic steps, which run on another executor if they may wait
 * @param factory makes threads for Netty's event loops
 */
public record Threads(
        Executor control,
        Executor data,
        Executor users,
        Executor entry,
        Executor connections,
        ScheduledExecutorService timer,
        ThreadFactory factory) {}
