package org.craq.node.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * The container's threads.
 *
 * @param control short steps: the protocol, its database work, heartbeats
 * @param data calls of other nodes that move bytes, and looks into the database
 * @param users users' calls
 * @param entry the short step before it is known what a call is
 * @param connections for whoever keeps a thread as long as a connection lasts; without a bound, so who uses it has one
 * @param timer starts periodic steps; they run on {@code control}
 * @param factory for Netty's event loops
 */
public record Threads(
        Executor control,
        Executor data,
        Executor users,
        Executor entry,
        Executor connections,
        ScheduledExecutorService timer,
        ThreadFactory factory) {}
