# Runs the install and the test of stm32boot.rb. Given: source archive, dfu-util's archive, an empty folder.
require_relative "formula"
require_relative "stm32boot"

archive, dfu_util, work = ARGV
source, prefix, test = %w[source prefix test].map { |name| File.join(work, name).tap { |path| FileUtils.mkdir_p(path) } }
Kernel.system("tar", "-xzf", archive, "-C", source, "--strip-components=1", exception: true)
Stm32boot.resources.fetch("dfu-util").archive = File.expand_path(dfu_util)

formula = Stm32boot.new(source, prefix, test)
ENV["CMAKE_PREFIX_PATH"] = formula.prefix.to_s
formula.run_install
%w[bin/stm32boot etc/bash_completion.d/stm32boot share/zsh/site-functions/_stm32boot
   share/fish/vendor_completions.d/stm32boot.fish share/man/man1/stm32boot.1 include/sysboot/sysboot.hpp].each do |file|
  raise "not installed: #{file}" unless (formula.prefix/file).file?
end
formula.run_test
puts "formula installed and tested: #{formula.checks} checks"
