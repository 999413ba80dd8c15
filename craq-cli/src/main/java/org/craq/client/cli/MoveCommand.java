package org.craq.client.cli;

import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;

/** {@code craq mv}: renames a file. */
@Command(name = "mv", description = "Rename a file atomically. No content is transferred.")
final class MoveCommand extends RenamingCommand {
    @Override
    Receipt run(CraqClient client, String source, String target, CopyOptions options) {
        return client.move(source, target, options);
    }
}
