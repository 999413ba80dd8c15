package org.craq.client.cli;

import org.craq.client.GetOptions;
import org.craq.client.VersionOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that the commands for reading one file share: which member answers, and how fresh the answer must be. */
final class ReadOptions {
    @Option(names = "--node", paramLabel = "NODE", description = "Ask only this member, for example n2.")
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
