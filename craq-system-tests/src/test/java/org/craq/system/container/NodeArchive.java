package org.craq.system.container;

import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The node's WAR as it was built, to which tests add themselves. */
final class NodeArchive {
    private NodeArchive() {}

    static WebArchive build() {
        return ShrinkWrap.createFromZipFile(
                WebArchive.class, NodeServer.INSTALLATION.nodeWar().toFile());
    }
}
