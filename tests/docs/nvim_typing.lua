-- Types a text into a document, key by key as a person does, and writes down what the buffer has then.
local keys, file, out, pause = vim.g.typed_keys, vim.g.typed_file, vim.g.typed_out, vim.g.typed_pause
vim.cmd.edit(file)
local function finish()
  vim.fn.writefile({ vim.json.encode({
    lines = vim.api.nvim_buf_get_lines(0, 0, -1, true),
    clients = #vim.lsp.get_clients({ bufnr = 0 }),
    menus = vim.g.menus or 0,
  }) }, out)
  vim.cmd("qall!")
end
vim.api.nvim_create_autocmd("CompleteChanged", { callback = function() vim.g.menus = (vim.g.menus or 0) + 1 end })
local function type_from(number)
  if number > #keys then
    vim.defer_fn(finish, 300)
    return
  end
  vim.api.nvim_input(keys[number])
  vim.defer_fn(function() type_from(number + 1) end, pause)
end
vim.defer_fn(function() vim.wait(60000, function() return #vim.lsp.get_clients({ bufnr = 0 }) > 0 end) type_from(1) end, 100)
