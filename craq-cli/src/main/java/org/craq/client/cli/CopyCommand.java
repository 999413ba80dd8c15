package org.craq.client.cli;

import org.craq.client.CopyOptions;
import org.craq.client.CraqClient;
import org.craq.client.FileVersion;
import org.craq.client.Receipt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code craq cp}: copies a file within the store. */
@Command(name = "cp", description = "Copy a file within the store. No content is transferred: both names share it.")
final class CopyCommand extends RenamingCommand {
    @Option(
            names = "--version",
            paramLabel = "VERSION",
            description =
                    "Version of the source to copy, for example 3-1205. Default: the newest. Copying a file to its own"
                            + " name restores that version.")
    private FileVersion version;

    @Override
    Receipt run(CraqClient client, String source, String target, CopyOptions options) {
        return client.copy(source, target, version == null ? options : options.withSourceVersion(version));
    }
}
