package org.craq.server;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import org.craq.wire.ThreadCaches;

/**
 * Drops Netty's per-thread data from the server's threads when a request ends, because answering it may have called
 * other members by gRPC. Named in both {@code web.xml} files, as servers do not scan the libraries of an EAR for
 * annotations.
 */
public class RequestThreads implements ServletRequestListener {
    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        ThreadCaches.release();
    }
}
