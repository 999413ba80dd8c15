package org.craq.client.cli;

import org.craq.client.GetOptions;
import org.craq.client.VersionOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who is to answer a read, and how new the answer must be: what the commands that read one file have in common. */
final class ReadOptions {
    @Option(names = "--node", paramLabel = "NODE", description = "Ask this member and no other, for example n2.")
    private String node;

    @Mixin
    private FreshnessOptions freshness;

    GetOptions get() {
        GetOptions options = GetOptions.defaults().withFreshness(freshness.freshness());
        return node == null ? options : options.withNode(node);
    }

    VersionOptions versions() {
        VersionOptions options = VersionOptions.all().withFreshness(freshness.freshness());
        return node == null ? options : options.withNode(node);
    }
}
