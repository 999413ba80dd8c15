package org.craq.node.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;

/**
 * The text form of a body's contents: for each content one line, with its id, chunk size, length and CRC32C separated
 * by spaces.
 */
final class Parts {
    private static final int HEX = 16;

    private Parts() {}

    static String text(List<Content> contents) {
        return contents.stream()
                .map(content -> String.format(
                        "%s %d %d %08x", content.id(), content.chunkSize(), content.length(), content.crc32c()))
                .collect(Collectors.joining("\n"));
    }

    static List<Content> contents(String text) {
        return Arrays.stream(text.split("\n", -1)).map(Parts::content).toList();
    }

    private static Content content(String line) {
        String[] fields = line.split(" ", -1);
        return new Content(
                new ContentId(UUID.fromString(fields[0])),
                Integer.parseInt(fields[1]),
                Long.parseLong(fields[2]),
                Integer.parseUnsignedInt(fields[3], HEX));
    }
}
