package org.craq.node.threads;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The node's own thread pools, whose threads come from the container's thread factory. The container's executors are
 * not suitable: an application server that stops makes them reject all work before it stops a deployment, and a node
 * that can't act any more can't give up its leases or announce that it leaves. {@link #close} ends every thread.
 */
public final class Pools implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Pools.class.getName());

    /** For short steps. The queue is bounded by the protocol and by gRPC's flow control. */
    private static final int CONTROL_THREADS = 16;

    private static final int DATA_THREADS = 48;
    /** The queue is bounded by the number of users' calls that may be open. */
    private static final int USERS_THREADS = 32;

    private static final int ENTRY_THREADS = 2;
    private static final int TIMER_THREADS = 2;
    private static final long IDLE_SECONDS = 30;
    private static final long END_SECONDS = 5;

    private final ThreadPoolExecutor control;
    private final ThreadPoolExecutor data;
    private final ThreadPoolExecutor users;
    private final ThreadPoolExecutor entry;
    private final ThreadPoolExecutor connections;
    private final ScheduledThreadPoolExecutor timer;
    private final Threads threads;

    /**
     * Creates the pools; no thread is started yet.
     *
     * @param factory makes the container's threads
     * @param context runs a task in the deployment's context; each thread enters it once, except the timer's
     */
    public Pools(ThreadFactory factory, Executor context) {
        ThreadFactory inContext = work -> factory.newThread(() -> enter(context, work));
        control = pool(CONTROL_THREADS, inContext);
        data = pool(DATA_THREADS, inContext);
        users = pool(USERS_THREADS, inContext);
        entry = pool(ENTRY_THREADS, inContext);
        connections = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), inContext);
        timer = new ScheduledThreadPoolExecutor(TIMER_THREADS, factory);
        timer.setRemoveOnCancelPolicy(true);
        threads = new Threads(control, data, users, entry, connections, timer, factory);
    }

    private static ThreadPoolExecutor pool(int size, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * Runs a thread's work in the deployment's context. A pool relies on the work being started, so if there is no
     * context any more, as during an undeployment, the work runs without it.
     */
    private static void enter(Executor context, Runnable work) {
        AtomicBoolean entered = new AtomicBoolean();
        try {
            context.execute(() -> {
                entered.set(true);
                work.run();
            });
        } catch (RuntimeException e) {
            if (entered.get()) {
                throw e;
            }
            LOG.log(Level.WARNING, "a thread could not enter the deployment's context", e);
        }
        if (!entered.get()) {
            work.run();
        }
    }

    public Threads threads() {
        return threads;
    }

    /** Ends all threads. To be called when no more work is submitted; work that does not end in time is interrupted. */
    @Override
    public void close() {
        timer.shutdownNow();
        control.shutdown();
        data.shutdown();
        users.shutdown();
        entry.shutdown();
        connections.shutdown();
        try {
            for (ThreadPoolExecutor pool : new ThreadPoolExecutor[] {control, data, users, entry, connections, timer}) {
                if (!pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
                    pool.shutdownNow();
                    pool.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (InterruptedException e) {
            control.shutdownNow();
            data.shutdownNow();
            users.shutdownNow();
            entry.shutdownNow();
            connections.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
