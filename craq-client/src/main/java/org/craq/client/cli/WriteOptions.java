package org.craq.client.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.craq.client.PutOptions;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What to keep with a file, and on which condition to write it. */
final class WriteOptions {
    @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type to keep with the file.")
    private String contentType = "";

    @Option(names = "--meta", paramLabel = "KEY=VALUE", description = "Text to keep with the file; may be repeated.")
    private Map<String, String> meta = new LinkedHashMap<>();

    @ArgGroup
    private WriteCondition condition = new WriteCondition();

    PutOptions get() {
        PutOptions options = PutOptions.defaults().withContentType(contentType).withUserMetadata(meta);
        if (condition.version().isPresent()) {
            return options.ifVersion(condition.version().get());
        }
        return condition.absent() ? options.ifAbsent() : options;
    }
}
