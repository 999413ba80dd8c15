package org.craq.wire;

import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocal;

/**
 * What Netty keeps of each thread that calls it: buffers, and by them the class loader that Netty came with. A thread that is the server's own
 * outlives the deployment, so it must give them up before it goes back to the server; else each deployment that it once served stays in
 * memory.
 */
public final class ThreadCaches {
    private ThreadCaches() {}

    /** Has Netty forget the calling thread. It costs next to nothing for one that did not use Netty. */
    public static void release() {
        FastThreadLocal.removeAll();
    }
}
