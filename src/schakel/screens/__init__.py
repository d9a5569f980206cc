"""The common look of all doors: base pages, components, the live page, and refusals as sentences."""
