package org.craq.server;

import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import org.craq.wire.ThreadCaches;

/**
 * Gives the server's threads back as they came, when a request ends: answering may have asked other members by gRPC. Named in both
 * {@code web.xml}, as servers look for no annotations in an EAR's libraries.
 */
public class RequestThreads implements ServletRequestListener {
    @Override
    public void requestDestroyed(ServletRequestEvent event) {
        ThreadCaches.release();
    }
}
