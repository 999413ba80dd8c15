/**
 * A node's settings, read and checked once at the start: {@link org.craq.node.config.NodeConfig}, with
 * {@link org.craq.node.config.StorageConfig} for the disk. Each setting that is not set has a default.
 */
package org.craq.node.config;
