package org.craq.node;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * The container's threads.
 *
 * @param control short steps: the protocol, its database work, heartbeats
 * @param data calls that move bytes
 * @param connections for whoever keeps a thread as long as a connection lasts; without a bound, so who uses it has one
 * @param timer starts periodic steps; they run on {@code control}
 * @param factory for Netty's event loops
 */
public record Threads(
        Executor control, Executor data, Executor connections, ScheduledExecutorService timer, ThreadFactory factory) {}
