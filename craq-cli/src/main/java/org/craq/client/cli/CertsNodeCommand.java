package org.craq.client.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.craq.client.certs.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code craq certs node}: makes the certificate of one more node. */
@Command(name = "node", description = "Make the certificate of one more node, valid for 398 days.")
final class CertsNodeCommand implements Callable<Integer> {
    @ParentCommand
    private CertsCommand certs;

    @Mixin
    private CertsServerOptions server;

    @Override
    public Integer call() throws IOException {
        return server.make(Role.NODE, certs);
    }
}
