package org.craq.wire;

import io.grpc.netty.shaded.io.netty.util.concurrent.FastThreadLocal;

/**
 * The data that Netty keeps per thread: buffers, and through them the class loader of the deployment. The server's own
 * threads outlive the deployment, so they must drop this data before they go back to the server; otherwise every
 * deployment that they once served would stay in memory.
 */
public final class ThreadCaches {
    private ThreadCaches() {}

    /** Drops Netty's data of the calling thread. Costs next to nothing for a thread that has not used Netty. */
    public static void release() {
        FastThreadLocal.removeAll();
    }
}
